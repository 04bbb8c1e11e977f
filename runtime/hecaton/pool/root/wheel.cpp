// Who drives: a caller that waits, else the background thread.
#include <hecaton/foundation/log.hpp>
#include <hecaton/pool/root/driver.hpp>

#include <algorithm>

namespace hecaton::detail {
namespace {

using namespace std::chrono_literals;

// How long a thread that iterates over results may be away before the background thread drives in its place: a change
// of threads costs more than what most bodies of a loop take.
constexpr std::chrono::milliseconds between_results{2};

// An item that takes longer keeps the root's own worker from driving in passing.
constexpr std::chrono::nanoseconds long_item = 1ms;

// The first sleep of who stands by. When it sleeps in, it leaves a core to threads that the system has put on another
// one, both of them: Linux sees that at once when the core falls idle, and may not for milliseconds otherwise.
constexpr std::chrono::nanoseconds first_nap = 100us;

// With more workers the root's own would do little else than drive.
constexpr int most_workers_to_pass = 16;

// In seconds, while the root's own worker computes or may drive: what it has finished does not ring, and its item may
// have become long.
constexpr double look_at_local_every = 5e-3;

}  // namespace

Driver::~Driver() { stop(); }

void Driver::stop() {
    {
        const std::lock_guard lock(control_);
        stopping_ = true;
    }
    wake();
    if (background_.joinable()) background_.join();
    const std::lock_guard lock(wheel_);  // the last step in passing is over
}

// Whoever drives or stands by looks again.
void Driver::rouse() {
    bell_.ring();
    if (setup_.local != nullptr) setup_.local->watcher_bell().ring();
}

// So does whoever waits for its turn.
void Driver::wake() {
    rouse();
    changed_.notify_all();
}

void Driver::wake_waiters() {
    if (waiting_.load() == 0) return;
    { const std::lock_guard lock(control_); }  // whoever is about to wait has looked before this, or sees it now
    wake();
}

bool Driver::wait(Job& job, Deadline deadline) {
    return drive_until([&job] { return job.ready(); }, deadline);
}

bool Driver::wait_all(Deadline deadline) {
    return drive_until([this] { return open_jobs_.load() == 0; }, deadline);
}

bool Driver::drive_until(const std::function<bool()>& done, Deadline deadline) {
    waiting_.fetch_add(1);
    rouse();  // the background thread steps aside for a caller that waits
    std::unique_lock lock(control_);
    bool reached = done();
    while (!reached && Clock::now() < deadline) {
        if (!driving_) {
            drive_as_sole(lock, done, deadline);
        } else {
            changed_.wait_for(lock, std::chrono::milliseconds(50));
        }
        reached = done();
    }
    lock.unlock();
    waiting_.fetch_sub(1);
    changed_.notify_all();
    const std::lock_guard turn(wheel_);  // the step is over that completed the job: nobody else holds what it gave
    return reached;
}

void Driver::drive_as_sole(std::unique_lock<std::mutex>& lock, const std::function<bool()>& done, Deadline deadline) {
    driving_ = true;
    lock.unlock();
    drive(done, deadline);
    lock.lock();
    driving_ = false;
}

void Driver::drive(const std::function<bool()>& done, Deadline deadline) {
    Backoff backoff(bell_);
    std::chrono::nanoseconds nap = first_nap;
    while (!done()) {
        const Clock::time_point time = deadline == no_deadline ? Clock::time_point() : Clock::now();
        if (time >= deadline) return;
        if (relieved()) {
            stand_by(done, std::min<std::chrono::nanoseconds>(nap, deadline - time));
            nap = std::min(2 * nap, long_item);
            continue;
        }
        if (step_alone()) {
            backoff.reset();
            continue;
        }
        if (!backoff.look_again()) backoff.sleep(longest_sleep(deadline));
    }
}

// Until a message can come that does not ring, or the time for something has come.
std::chrono::nanoseconds Driver::longest_sleep(Deadline deadline) {
    const std::lock_guard turn(wheel_);
    std::chrono::nanoseconds longest = Backoff::when_all_ring;
    if (setup_.endpoint != nullptr) longest = setup_.endpoint->longest_sleep();
    if (longest <= Backoff::between_polls) return longest;
    const double time = now();
    double due = deadline == no_deadline ? time + 1 : std::chrono::duration<double>(deadline - epoch_).count();
    if (kill_at_ != 0) due = std::min(due, kill_at_);
    if (const auto tick = dispatcher_.next_tick()) due = std::min(due, *tick);
    if (setup_.local != nullptr && (setup_.local->computing() || may_pass()))
        due = std::min(due, time + look_at_local_every);
    const std::chrono::duration<double> until(std::clamp(due - time, 0.0, 1.0));
    return std::clamp(std::chrono::duration_cast<std::chrono::nanoseconds>(until), Backoff::between_polls, longest);
}

bool Driver::step_alone() {
    const std::lock_guard lock(wheel_);
    return step();
}

// A thread that iterates over results drives itself: they are for that thread.
bool Driver::may_pass() const noexcept {
    return setup_.background && workers() <= most_workers_to_pass && open_jobs_.load() > 0 &&
           open_inputs_.load() == 0 && !stopping_.load();
}

bool Driver::step_in_passing() {
    const std::unique_lock lock(wheel_, std::try_to_lock);
    const bool ours = may_pass();
    passing_.store(ours);
    return ours && lock.owns_lock() && step();
}

void Driver::end_passing() {
    passing_.store(false);
    if (setup_.local != nullptr) setup_.local->watcher_bell().ring();
}

bool Driver::relieved() const noexcept {
    return passing_.load() && may_pass() && !setup_.local->computing_longer_than(long_item);
}

// Sleeps while the root's own worker drives in passing: until a job is complete, or that worker falls asleep.
void Driver::stand_by(const std::function<bool()>& done, std::chrono::nanoseconds longest) {
    Bell& bell = setup_.local->watcher_bell();
    if (!bell.arm() && !done() && relieved()) bell.wait(longest);
}

void Driver::start_background() {
    {
        const std::lock_guard lock(control_);
        if (!background_.joinable() && setup_.background) background_ = std::thread([this] { run_background(); });
        if (!setup_.background && !said_no_background_) {
            said_no_background_ = true;
            log::line(
                "MPI was initialised without MPI_THREAD_MULTIPLE, so a pool makes progress only inside its own calls: "
                "initialise with MPI_Init_thread(..., MPI_THREAD_MULTIPLE, ...), or let hecaton do it");
        }
    }
    wake();
}

void Driver::run_background() {
    sleep_precisely();
    worker_context = setup_.root;
    std::unique_lock lock(control_);
    while (!stopping_) {
        const bool consumed = Clock::now() - consumer_left_ < between_results;
        if (driving_ || waiting_.load() > 0 || open_jobs_.load() == 0 || consumed) {
            // Nobody announces that a thread which iterates stays away.
            const bool look_again = consumed || open_inputs_.load() > 0;
            changed_.wait_for(lock, look_again ? between_results : std::chrono::seconds(1));
            continue;
        }
        drive_as_sole(
            lock, [this] { return waiting_.load() > 0 || open_jobs_.load() == 0 || stopping_.load(); }, no_deadline);
        changed_.notify_all();
    }
}

bool Driver::shut_down(int status, Deadline deadline) {
    {
        const std::lock_guard lock(inbox_mutex_);
        inbox_.emplace_back([this, status] {
            for (std::size_t worker = 0; worker < slots_.size(); ++worker) {
                wire::append_record(slots_[worker].out, wire::ShutDown{.status = status});
                flush(static_cast<int>(worker));
            }
            for (const int rank : setup_.idle_ranks) {
                Message message;
                wire::append_record(message.head, wire::ShutDown{.status = status});
                setup_.endpoint->send(rank, std::move(message));
            }
        });
        inbox_filled_.store(true, std::memory_order_release);
    }
    const int expected = static_cast<int>(slots_.size() + setup_.idle_ranks.size());
    const auto done = [this, expected] {
        if (byes_ != expected) return false;
        const std::lock_guard turn(wheel_);
        return setup_.endpoint == nullptr || setup_.endpoint->drained();
    };
    waiting_.fetch_add(1);
    rouse();
    std::unique_lock lock(control_);
    while (driving_) changed_.wait_for(lock, std::chrono::milliseconds(50));
    drive_as_sole(lock, done, deadline);
    lock.unlock();
    waiting_.fetch_sub(1);
    return done();
}

}  // namespace hecaton::detail
