#include <algorithm>
#include <hecaton/foundation/error.hpp>
#include <hecaton/foundation/log.hpp>
#include <hecaton/pool/root/driver.hpp>
#include <utility>

namespace hecaton::detail {
namespace {

constexpr double tick_every = 1e-3;
constexpr double look_at_local_every = 5e-3;      // seconds: what the computing worker has finished does not ring
constexpr std::size_t most_workers_to_pass = 16;  // with more the root's own would do little else than drive

}  // namespace

Driver::Driver(Setup setup)
    : setup_(std::move(setup)),
      lines_(setup_.endpoint, setup_.local, setup_.workers, setup_.idle_ranks),
      traffic_(lines_, setup_.root.rank, setup_.seed),
      processes_(lines_, setup_.root.rank),
      shared_values_(lines_, setup_.nodes, setup_.root.rank),
      wheel_(*this,
             {.bell = setup_.bell,
              .background = setup_.background,
              .passing = setup_.background && setup_.local != nullptr && setup_.workers.size() < most_workers_to_pass,
              .context = setup_.root}) {}

double Driver::now() const { return std::chrono::duration<double>(Clock::now() - epoch_).count(); }

// ---- what other threads ask for ----

void Driver::post(std::function<void()> command) {
    inbox_.post(std::move(command));
    wheel_.bell().ring();
}

void Driver::start_background() {
    if (!setup_.background && !said_no_background_.exchange(true))
        log::line(
            "MPI was initialised without MPI_THREAD_MULTIPLE, so a pool makes progress only inside its own calls: "
            "initialise with MPI_Init_thread(..., MPI_THREAD_MULTIPLE, ...), or let hecaton do it");
    wheel_.start_background();
}

void Driver::submit(std::shared_ptr<Job> job, bool detached) {
    job->ask_costs(workers());
    traffic_.jobs().expect(*job);
    if (job->open()) wheel_.leave_for_now();  // this thread will iterate, most likely
    post([this, job = std::move(job)]() mutable { traffic_.begin(std::move(job), now()); });
    if (detached) start_background();
}

void Driver::extend(std::shared_ptr<Job> job, ItemSegment items, bool last) {
    auto segment = std::make_shared<ItemSegment>(std::move(items));
    post([this, job = std::move(job), segment = std::move(segment), last] {
        traffic_.extend(*job, std::move(*segment), last, now());
    });
}

void Driver::cut_inputs() {
    post([this] { traffic_.cut_inputs(now()); });
    wheel_.wake();
}

void Driver::cancel(std::shared_ptr<Job> job) {
    post([this, job = std::move(job)] { traffic_.cancel(*job, now()); });
    wheel_.wake();
}

void Driver::cancel_all() {
    post([this] {
        traffic_.cancel_all(now());
        processes_.end_all(now());
    });
    wheel_.wake();
}

bool Driver::wait(const Job& job, Deadline deadline) {
    return wheel_.drive_until([&job] { return job.ready(); }, deadline);
}

bool Driver::wait_all(Deadline deadline) {
    return wheel_.drive_until([this] { return !open(); }, deadline);
}

void Driver::share(std::uint64_t id, SharedBlock block) {
    post([this, id, block = std::move(block)] { shared_values_.send(id, block); });
}

void Driver::drop_shared(std::uint64_t id) {
    post([this, id] { shared_values_.drop(id); });
}

void Driver::start_process(std::shared_ptr<ProcessState> process, std::string name,
                           std::shared_ptr<const Buffer> task) {
    processes_.expect();
    post([this, process = std::move(process), name = std::move(name), task = std::move(task)] {
        if (!traffic_.error()) return processes_.start(process, name, task);
        processes_.fail(*process, traffic_.error());
        wheel_.wake_waiters();
    });
    start_background();
}

void Driver::signal_process(std::shared_ptr<const ProcessState> process, int signo) {
    post([this, process = std::move(process), signo] { processes_.signal(*process, signo); });
    wheel_.wake();
}

bool Driver::shut_down(int status, Deadline deadline) {
    post([this, status] { lines_.shut_down(status); });
    return wheel_.drive_until([this] { return all_left_.load(); }, deadline);
}

// ---- a step ----

bool Driver::step() {
    try {
        bool busy = inbox_.carry_out();
        busy = lines_.receive(*this, [this](int worker, const Message& message) { handle(worker, message); }) || busy;
        const double time = now();
        if (time >= next_tick_) {
            next_tick_ = time + tick_every;
            tick(time);
        }
        const std::uint64_t completed = completed_jobs();
        busy = traffic_.carry_out(time) || busy;
        const bool for_others = traffic_.take_arrivals() && wheel_.waiting() > 1;
        if (for_others || completed != completed_jobs()) wheel_.wake_waiters();
        if (lines_.all_said_goodbye() && lines_.drained()) all_left_.store(true);
        return busy;
    } catch (...) {  // MPI failed, or memory ran out: no job can be trusted to end by itself
        traffic_.fail(std::current_exception(), now());
        processes_.fail_all(traffic_.error());
        if (lines_.all_said_goodbye()) all_left_.store(true);  // nothing can be done for what has not left
        wheel_.wake_waiters();
        return true;
    }
}

void Driver::tick(double time) {
    // What it had finished before a long item.
    if (setup_.local != nullptr && setup_.local->computing_longer_than(std::chrono::milliseconds(1)))
        setup_.local->release_output();
    traffic_.tick(time);
    processes_.tick(time);
}

// Until a message can come that does not ring, or the time for something has come.
std::chrono::nanoseconds Driver::longest_sleep(Deadline deadline) {
    const std::chrono::nanoseconds longest = lines_.longest_sleep();
    if (longest <= Backoff::between_polls) return longest;
    const double time = now();
    double due = deadline == no_deadline ? time + 1 : std::chrono::duration<double>(deadline - epoch_).count();
    if (const auto tick = processes_.next_tick()) due = std::min(due, *tick);
    if (const auto tick = traffic_.next_tick()) due = std::min(due, *tick);
    if (setup_.local != nullptr && setup_.local->computing()) due = std::min(due, time + look_at_local_every);
    const std::chrono::duration<double> until(std::clamp(due - time, 0.0, 1.0));
    return std::clamp(std::chrono::duration_cast<std::chrono::nanoseconds>(until), Backoff::between_polls, longest);
}

// ---- what comes from the workers ----

void Driver::handle(int worker, const Message& message) {
    wire::RecordReader records(message.head.bytes());
    const double time = now();
    while (!records.at_end()) {
        switch (records.kind()) {
            case wire::Kind::chunk_done:
                traffic_.take(worker, records.record<wire::ChunkDone>(), records, message, time);
                break;
            case wire::Kind::recall_answered:
                records.record<wire::RecallAnswered>();
                traffic_.recall_answered(worker, time);
                break;
            case wire::Kind::worker_failed: {
                Reader text(records.bytes(records.record<wire::WorkerFailed>().bytes));
                traffic_.fail(to_exception(read_error_record(text)), time);
                break;
            }
            case wire::Kind::shared_kept:
            case wire::Kind::shared_wanted:
                shared_values_.take(worker, records.record<wire::SharedAnswer>());
                break;
            case wire::Kind::process_started:
            case wire::Kind::process_failed:
            case wire::Kind::process_ended:
                processes_.take(records.record<wire::ProcessEvent>());
                wheel_.wake_waiters();
                break;
            case wire::Kind::bye:
                records.record<wire::Bye>();
                lines_.said_goodbye();
                break;
            default:
                throw DecodeError("the root got a message that is meant for a worker");
        }
    }
}

std::byte* Driver::place(int /*from*/, std::span<const std::byte> head, std::size_t size) {
    return traffic_.place_for(head, size);
}

}  // namespace hecaton::detail
