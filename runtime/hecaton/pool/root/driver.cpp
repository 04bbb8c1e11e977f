#include <algorithm>
#include <hecaton/foundation/error.hpp>
#include <hecaton/foundation/log.hpp>
#include <hecaton/pool/root/driver.hpp>
#include <hecaton/pool/time/out_of_time.hpp>
#include <hecaton/pool/traffic/failure.hpp>
#include <hecaton/tasks/forked_copy.hpp>
#include <new>
#include <utility>

namespace hecaton::detail {
namespace {

constexpr double tick_every = 1e-3;
constexpr double look_at_local_every = 5e-3;  // seconds: what the computing worker has finished does not ring
constexpr double look_for_interrupt_every = 50e-3;
constexpr std::size_t most_workers_to_pass = 16;  // with more the root's own would do little else than drive

}  // namespace

Driver::Driver(Setup setup)
    : setup_(std::move(setup)),
      lines_(setup_.endpoint, setup_.local, setup_.workers, setup_.idle_ranks),
      traffic_(lines_, setup_.root.rank, setup_.seed, setup_.hosts, setup_.local_rests, setup_.recorded),
      processes_(lines_, setup_.root.rank),
      shared_values_(lines_, setup_.nodes, setup_.root.rank),
      losses_({lines_, traffic_, processes_, shared_values_}, setup_.world),
      wheel_(*this, {.bell = setup_.bell,
                     .background = setup_.background,
                     .passing = setup_.background && setup_.local != nullptr && !setup_.local_rests &&
                                setup_.workers.size() < most_workers_to_pass,
                     .context = setup_.root}) {}

// ---- what other threads ask for ----

template <class F>
void Driver::post(F&& command) {
    post(make_command(std::forward<F>(command)));
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
    end_forked_copy();  // one that was made while the items were read
    const Job& expected = *job;
    auto begin =
        make_command([this, job = std::move(job), borrowed = !detached] { traffic_.begin(job, borrowed, now()); });
    if (detached) start_background();
    traffic_.jobs().expect(expected);
    if (expected.open()) wheel_.leave_for_now();  // this thread will iterate, most likely
    post(std::move(begin));
    if (detached) wheel_.wake();
}

void Driver::submit_rest(std::shared_ptr<Job> job) {
    const Job& expected = *job;
    auto begin = make_command([this, job = std::move(job)] {
        traffic_.let_local_rest(now());
        traffic_.begin(job, true, now());
    });
    start_background();
    traffic_.jobs().expect(expected);
    post(std::move(begin));
    wheel_.wake();
}

void Driver::extend(std::shared_ptr<Job> job, ItemSegment items, bool last) {
    post([this, job = std::move(job), segment = std::move(items), last]() mutable {
        traffic_.extend(*job, std::move(segment), last, now());
    });
}

void Driver::share(std::uint64_t id, SharedBlock block) {
    post([this, id, block = std::move(block)] {
        if (!failed_) shared_values_.send(id, block);
    });
}

void Driver::drop_shared(std::uint64_t id, std::shared_ptr<const void> value) {
    post([this, id, value = std::move(value)]() mutable { shared_values_.drop(id, std::move(value)); });
}

void Driver::start_process(std::shared_ptr<ProcessState> process, std::string name,
                           std::shared_ptr<const Buffer> task) {
    auto start = make_command([this, process = std::move(process), name = std::move(name), task = std::move(task)] {
        if (!failed_) return processes_.start(process, name, task);
        processes_.fail(*process, failure_);
        wheel_.wake_waiters();
    });
    start_background();
    processes_.expect();
    post(std::move(start));
    wheel_.wake();
}

void Driver::signal_process(std::shared_ptr<const ProcessState> process, int signo) {
    post([this, process = std::move(process), signo] {
        if (!failed_) processes_.signal(*process, signo);
    });
    wheel_.wake();
}

bool Driver::shut_down(int status, Deadline deadline) {
    status_.store(status);
    want(shutting_down);
    return wheel_.drive_until([this] { return all_left_.load(); }, deadline) && !mpi_is_lost_;
}

// ---- a step ----

bool Driver::step() noexcept {
    if (failed_) return step_after_failure();
    try {
        return take_step();
    } catch (...) {
        fail(current_failure(no_memory_for_driving));
        return true;
    }
}

bool Driver::take_step() {
    if (job_clock_.changed()) traffic_.end_at(job_clock_.plan(now()).last, now());
    // Taken first: what they are about is in the inbox by then.
    if (wishes_.load(std::memory_order_relaxed) != 0) due_wishes_ |= wishes_.exchange(0);
    bool busy = inbox_.carry_out();
    cancelled_.take([this](const Job& job) { traffic_.cancel(job, now()); });
    busy = lines_.receive(*this, [this](int worker, const Message& message) { handle(worker, message); }) || busy;
    const double time = now();
    if (job_clock_.abandon_due(time) && open()) {
        traffic_.count_as_cut();
        fail(items_given_up());
    }
    if (failed_) return true;
    if (time >= next_tick_) {
        next_tick_ = time + tick_every;
        tick(time);
    }
    if (!shutting_down_ && !traffic_.any_leftovers()) shared_values_.tell_drops();
    if (due_wishes_ != 0) heed_wishes(time);
    const std::uint64_t completed = completed_jobs();
    busy = traffic_.carry_out(time) || busy;
    leftovers_.store(traffic_.any_leftovers());
    dying_.store(losses_.any_dying());
    const bool for_others = traffic_.take_arrivals() && wheel_.waiting() > 1;
    if (for_others || completed != completed_jobs()) wheel_.wake_waiters();
    if (lines_.all_said_goodbye() && lines_.drained()) all_left_.store(true);
    return busy;
}

void Driver::heed_wishes(double time) {
    const unsigned wishes = std::exchange(due_wishes_, 0);
    if ((wishes & shutting_down) != 0) shutting_down_ = true;  // first, since it is not said twice
    if ((wishes & local_work) != 0) traffic_.wake_local(time);
    if ((wishes & cut) != 0) traffic_.cut_inputs(time);
    if ((wishes & cancellation) != 0) {
        traffic_.cancel_all(time);
        processes_.end_all(time);
    }
    if ((wishes & shutting_down) != 0) lines_.shut_down(status_);
}

void Driver::tick(double time) {
    // What it had finished before a long item.
    if (setup_.local != nullptr && setup_.local->computing_longer_than(std::chrono::milliseconds(1)))
        setup_.local->release_output();
    if (losses_.heed(time)) wheel_.wake_waiters();
    traffic_.tick(time);
    processes_.tick(time);
}

// Until a message can come that does not ring, or the time for something has come.
std::chrono::nanoseconds Driver::longest_sleep(Deadline deadline) {
    const std::chrono::nanoseconds longest = lines_.longest_sleep();
    if (longest <= Backoff::between_polls) return longest;
    if (losses_.any_dying()) return Backoff::between_polls;
    if (failed_ && (!settled_ || shutting_down_)) return Backoff::between_polls;
    const double time = now();
    double due = deadline == no_deadline ? time + 1 : std::chrono::duration<double>(deadline - epoch_).count();
    if (const auto tick = processes_.next_tick()) due = std::min(due, *tick);
    if (const auto tick = traffic_.next_tick()) due = std::min(due, *tick);
    if (keeps_interrupt()) due = std::min(due, time + look_for_interrupt_every);
    if (open()) due = std::min(due, job_clock_.next(time));
    if (setup_.local != nullptr && setup_.local->computing()) due = std::min(due, time + look_at_local_every);
    const std::chrono::duration<double> until(std::clamp(due - time, 0.0, 1.0));
    return std::clamp(std::chrono::duration_cast<std::chrono::nanoseconds>(until), Backoff::between_polls, longest);
}

// ---- what comes from the workers ----

void Driver::handle(int worker, const Message& message) noexcept {
    if (losses_.any_dying()) losses_.heard(worker, now());
    wire::RecordReader records(message.head.bytes());
    wire::RecordReader next = records;  // which is passed over when it cannot be taken
    if (!failed_) {
        try {
            if (message.head_lost) throw std::bad_alloc();
            for (const double time = now(); !records.at_end() && !failed_; next = records)
                take_record(worker, records, message, time);
        } catch (...) {
            fail(current_failure(no_memory_for_driving));
        }
    }
    if (failed_) lines_.pass_over(worker, next);
}

void Driver::take_record(int worker, wire::RecordReader& records, const Message& message, double time) {
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
            fail(to_exception(read_error_record(text)));
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
        case wire::Kind::recorded:
            traffic_.take(worker, records.record<wire::Recorded>(), records);
            break;
        case wire::Kind::bye:
            records.record<wire::Bye>();
            lines_.said_goodbye(worker);
            break;
        default:
            throw DecodeError("the root got a message that is meant for a worker");
    }
}

// ---- when the pool has failed ----
//
// An exception has left a step, so that an event is lost, or half of it, or a worker says that it can go on no longer.
// Every job and every process fails with that error at once. The workers are asked to drop what they have, and what
// they still send is passed over. A job whose items lie in memory of its caller is complete, and lets that caller go,
// when the root's own worker has ended its current item and MPI has sent what it had begun to send. From then on the
// pool is there to be closed, and to tell who calls it why it has failed.

void Driver::fail(std::exception_ptr error) noexcept {
    if (failed_) return;
    failure_ = std::move(error);
    failed_.store(true);
    lines_.give_up();
    traffic_.fail(failure_);
    processes_.fail_all(failure_);
    wheel_.wake_waiters();
}

bool Driver::step_after_failure() noexcept {
    // What throws is tried again in the next step.
    const auto attempt = [this](auto&& f) noexcept {
        try {
            f();
            return true;
        } catch (const MpiError&) {  // once more: nothing is expected of it any longer
            mpi_is_lost_ = true;
        } catch (...) {  // no memory; again in the next step
        }
        return false;
    };
    bool busy = false;
    attempt([&] { busy = inbox_.carry_out(); });
    attempt([&] {
        if (!shutting_down_) shared_values_.tell_drops();
    });
    cancelled_.take([](const Job&) {});
    attempt([&] { losses_.heed(now()); });
    attempt([&] {
        busy = lines_.receive(*this, [this](int worker, const Message& message) { handle(worker, message); }) || busy;
    });
    if ((wishes_.exchange(0) & shutting_down) != 0) shutting_down_ = true;
    leftovers_.store(false);
    const bool told = attempt([&] {
        if (shutting_down_) return lines_.shut_down(status_);
        lines_.recall();
    });
    settled_ = settle() && (told || mpi_is_lost_);
    bool left = mpi_is_lost_;
    if (shutting_down_) attempt([&] { left = left || (lines_.all_said_goodbye() && lines_.drained()); });
    if (shutting_down_ && left) all_left_.store(true);
    if (job_clock_.over(now()) && !all_left_ && (shutting_down_ || !settled_)) end_out_of_time();
    return busy;
}

// Lets go of the jobs as soon as nobody reads their items or writes their results any more.
bool Driver::settle() noexcept {
    if (!traffic_.holds_jobs()) return true;
    if (!lines_.local_at_rest()) return false;
    try {
        if (!mpi_is_lost_ && !lines_.at_rest()) return false;
    } catch (const MpiError&) {
        mpi_is_lost_ = true;
    } catch (...) {
        return false;
    }
    traffic_.let_go();
    wheel_.wake_waiters();
    return true;
}

}  // namespace hecaton::detail
