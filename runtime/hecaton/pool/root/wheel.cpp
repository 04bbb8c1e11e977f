#include <algorithm>
#include <hecaton/pool/root/wheel.hpp>
#include <hecaton/tasks/forked_copy.hpp>

namespace hecaton::detail {
namespace {

using namespace std::chrono_literals;

// How long a thread that iterates over results may be away before the background thread drives in its place: a change
// of threads costs more than what most bodies of a loop take.
constexpr std::chrono::milliseconds between_results{2};

// A caller that waits for its turn looks by itself that often, should it have missed a word.
constexpr std::chrono::milliseconds between_turns{50};

// An item that takes longer keeps the root's own worker from driving in passing.
constexpr std::chrono::nanoseconds long_item = 1ms;

// The first sleep of a thread that stands by. Where it sleeps longer, its core is free for one of two threads that the
// system has put on another core: Linux moves that one at once when a core falls idle, and may not for milliseconds
// otherwise.
constexpr std::chrono::nanoseconds first_nap = 100us;

// The longest sleep while the root's own worker may drive: what it has finished does not ring, and its item may have
// become long.
constexpr std::chrono::nanoseconds between_looks_at_worker = 5ms;

}  // namespace

Wheel::Wheel(Work& work, Setup setup) : work_(work), setup_(std::move(setup)) {}

Wheel::~Wheel() { stop(); }

void Wheel::stop() {
    {
        const std::lock_guard lock(control_);
        stopping_ = true;
    }
    wake();
    if (background_.joinable()) background_.join();
    const std::lock_guard turn(step_mutex_);  // the last step in passing is over
}

// The thread in the seat looks again.
void Wheel::rouse() {
    bell_.ring();
    standby_bell_.ring();
}

void Wheel::wake() {
    rouse();
    changed_.notify_all();
}

void Wheel::wake_waiters() {
    if (waiting_.load() == 0) return;
    { const std::lock_guard lock(control_); }  // a thread that is about to wait has looked before this, or sees it now
    wake();
}

// ---- callers ----

bool Wheel::drive_until(const Condition& done, Deadline deadline) {
    Lock lock(control_);
    const bool reached = take_turns(lock, done, deadline);
    lock.unlock();
    changed_.notify_all();
    const std::lock_guard turn(step_mutex_);  // the step is over that made it true: nobody else holds what came of it
    return reached;
}

void Wheel::drive_for_now(const Condition& done) {
    Lock lock(control_);
    take_turns(lock, done, no_deadline);
    leave_for_now(lock);
}

void Wheel::step_for_now() {
    Lock lock(control_);
    if (stopping_) return;
    if (driving_) return rouse();
    driving_ = true;
    lock.unlock();
    step();
    lock.lock();
    driving_ = false;
    leave_for_now(lock);
}

void Wheel::leave_for_now() {
    const std::lock_guard lock(control_);
    left_for_now_ = Clock::now();
}

// Only another caller is woken: the background thread sees by itself that this one stays away.
void Wheel::leave_for_now(Lock& lock) {
    left_for_now_ = Clock::now();
    const bool others = waiting_.load() > 0;
    lock.unlock();
    if (others) changed_.notify_all();
}

bool Wheel::take_turns(Lock& lock, const Condition& done, Deadline deadline) {
    waiting_.fetch_add(1);
    if (driving_) rouse();  // the background thread steps aside for a caller
    bool reached = done();
    while (!reached && !stopping_ && !passed(deadline)) {
        if (!driving_) {
            drive_alone(lock, done, deadline);
        } else {
            changed_.wait_until(lock, std::min<Deadline>(deadline, Clock::now() + between_turns));
        }
        reached = done();
    }
    waiting_.fetch_sub(1);
    return reached;
}

void Wheel::drive_alone(Lock& lock, const Condition& done, Deadline deadline) {
    driving_ = true;
    lock.unlock();
    drive(done, deadline);
    lock.lock();
    driving_ = false;
}

// ---- in the seat ----

void Wheel::drive(const Condition& done, Deadline deadline) {
    Backoff backoff(bell_);
    std::chrono::nanoseconds nap = first_nap;
    while (!stopping_ && !done()) {
        const Clock::time_point time = deadline == no_deadline ? Clock::time_point() : Clock::now();
        if (time >= deadline) return;
        if (relieved()) {
            stand_by(done, std::min<std::chrono::nanoseconds>(nap, deadline - time));
            nap = std::min(2 * nap, long_item);
            continue;
        }
        if (step()) {
            backoff.reset();
            continue;
        }
        if (!backoff.look_again()) backoff.sleep(longest_sleep(deadline));
    }
}

bool Wheel::step() {
    end_forked_copy();
    const std::lock_guard lock(step_mutex_);
    return !stopping_ && work_.step();
}

std::chrono::nanoseconds Wheel::longest_sleep(Deadline deadline) {
    const std::lock_guard lock(step_mutex_);
    if (stopping_) return {};
    const std::chrono::nanoseconds longest = work_.longest_sleep(deadline);
    return may_pass() ? std::min(longest, between_looks_at_worker) : longest;
}

// Sleeps while the root's own worker drives in passing: until `done` holds, or that worker falls asleep.
void Wheel::stand_by(const Condition& done, std::chrono::nanoseconds longest) {
    if (!standby_bell_.arm() && !done() && !stopping_ && relieved()) standby_bell_.wait(longest);
}

// ---- in passing ----

bool Wheel::may_pass() const noexcept { return setup_.passing && work_.open() && !work_.iterated() && !stopping_; }

bool Wheel::step_in_passing() {
    end_forked_copy();
    const Lock lock(step_mutex_, std::try_to_lock);
    const bool ours = may_pass();
    passing_.store(ours);
    return ours && lock.owns_lock() && work_.step();
}

void Wheel::end_passing() {
    passing_.store(false);
    standby_bell_.ring();
}

bool Wheel::relieved() const noexcept {
    return passing_.load() && may_pass() && !work_.passing_worker_busy_for(long_item);
}

// ---- the background thread ----

void Wheel::start_background() {
    {
        const std::lock_guard lock(control_);
        if (!background_.joinable() && setup_.background && !stopping_)
            background_ = std::thread([this] { run_background(); });
    }
    wake();
}

void Wheel::run_background() {
    sleep_precisely();
    worker_context = setup_.context;
    Lock lock(control_);
    while (!stopping_) {
        const bool left = Clock::now() - left_for_now_ < between_results;
        if (driving_ || waiting_.load() > 0 || !work_.open() || left) {
            const bool look_again = left || work_.iterated();
            changed_.wait_for(lock, look_again ? between_results : std::chrono::seconds(1));
            continue;
        }
        drive_alone(
            lock, [this] { return waiting_.load() > 0 || !work_.open(); }, no_deadline);
        changed_.notify_all();
    }
}

}  // namespace hecaton::detail
