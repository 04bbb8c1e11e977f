// Driver: the root's side of a pool. A step takes in messages, and carries out what follows from them for jobs
// (JobTraffic), processes (Processes) and shared values (SharedValues).
//
// The Wheel decides which thread takes the steps. Everything else reaches that thread through the inbox.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <hecaton/pool/calls/job.hpp>
#include <hecaton/pool/calls/segment.hpp>
#include <hecaton/pool/root/inbox.hpp>
#include <hecaton/pool/root/losses.hpp>
#include <hecaton/pool/root/processes.hpp>
#include <hecaton/pool/root/shared_values.hpp>
#include <hecaton/pool/root/wheel.hpp>
#include <hecaton/pool/time/job_clock.hpp>
#include <hecaton/pool/traffic/job_traffic.hpp>
#include <hecaton/pool/traffic/worker_lines.hpp>
#include <memory>
#include <string>
#include <vector>

namespace hecaton::detail {

class Driver final : private Landing, private Wheel::Work {
  public:
    struct Setup {
        Endpoint* endpoint = nullptr;      ///< to the other ranks; null in a pool of one
        std::vector<int> workers;          ///< ranks that get chunks, without the root
        std::vector<int> idle_ranks;       ///< ranks of the communicator that the pool does not use
        bool local_rests = false;          ///< the root's own worker works only when there is no other
        Worker* local = nullptr;           ///< the root's own worker; null when the root does not work
        std::shared_ptr<Bell::Word> bell;  ///< of the root's bell where other ranks ring it
        WorkerContext root;                ///< the root's rank and the size of the pool
        std::vector<int> world = {};       ///< the pool's ranks as the launcher numbers them; empty: deaths end the job
        std::shared_ptr<const std::vector<std::string>> hosts = {};  ///< of the ranks
        std::vector<int> nodes;  ///< what Ranks::nodes is; empty: send every rank its own copy of shared values
        bool background = true;  ///< whether a thread of ours may make MPI calls
        std::uint64_t seed = 0;  ///< of the random numbers in tasks
        /// The ranks for the recording; null: there is none.
        std::shared_ptr<const recording::PoolRanks> recorded = {};
    };

    explicit Driver(Setup setup);

    /// New work. With `detached` the job owns its items, and the background thread takes care of it when nobody waits;
    /// otherwise the caller waits for it. Throws what Job::ask_costs does, and for want of memory; then nothing has
    /// been submitted. The same of the other functions that do not say noexcept.
    void submit(std::shared_ptr<Job> job, bool detached);
    /// What the caller has left of a job that it has begun: the background thread takes care of it until the caller
    /// waits. The root's own worker gets nothing until caller_returns().
    void submit_rest(std::shared_ptr<Job> job);
    void caller_returns() noexcept { want(local_work); }
    /// Takes a step where something waits for one, and now and then, for a rank may have died: to be called by those
    /// who do not wait for the pool.
    void catch_up() {
        const double time = now();
        if (!inbox_.filled() && time < caught_up_.load(std::memory_order_relaxed) + between_catch_ups) return;
        caught_up_.store(time, std::memory_order_relaxed);
        wheel_.step_for_now();
    }
    /// As catch_up(), and where ranks are dying, waits until it is known that they have died. Not in a step. Nothing
    /// where only calls of the pool may use MPI.
    void settle_deaths() {
        if (!setup_.background) return;
        catch_up();
        if (dying_.load())
            wheel_.drive_until([this] { return !dying_.load(); }, Clock::now() + std::chrono::milliseconds(500));
    }
    /// No call and no process is under way. Any thread.
    bool idle() const noexcept { return !open(); }
    /// More items for a job whose input is open; `last`: no more will follow. Ignored once the input was cut.
    void extend(std::shared_ptr<Job> job, ItemSegment items, bool last);
    /// Closes all inputs where they stand.
    void cut_inputs() noexcept { want(cut); }
    void cancel(std::shared_ptr<Job> job) noexcept {
        cancelled_.add(std::move(job));
        wheel_.wake();
    }
    /// Cancels all jobs, and ends all processes: politely, and a second later by SIGKILL.
    void cancel_all() noexcept { want(cancellation); }
    /// Drives, or waits for its turn, until the job is complete. False when the deadline came first.
    bool wait(const Job& job, Deadline deadline = no_deadline) {
        return wheel_.drive_until([&job] { return job.ready(); }, deadline);
    }
    /// The same until all jobs are complete, nobody runs items of one that has ended early, and all processes have
    /// ended.
    bool wait_all(Deadline deadline = no_deadline) {
        return wheel_.drive_until([this] { return !open() && !leftovers_.load(); }, deadline);
    }

    /// Makes a value known to every other rank, see SharedValues.
    void share(std::uint64_t id, SharedBlock block);
    /// `value` is kept as long as somebody may read it.
    void drop_shared(std::uint64_t id, std::shared_ptr<const void> value);

    /// Starts a process that runs `task` on the next rank in turn. It counts as open work until it has ended.
    void start_process(std::shared_ptr<ProcessState> process, std::string name, std::shared_ptr<const Buffer> task);
    void signal_process(std::shared_ptr<const ProcessState> process, int signo);

    /// After the last job: tells all ranks to stop serving, with this exit status, and waits until they have. False
    /// when the deadline came first, or when MPI is out of order, so that they cannot be told.
    bool shut_down(int status, Deadline deadline = no_deadline);

    /// What the pool has failed with; null as long as all is well. From then on every job, also a new one, fails with
    /// it at once, and so does every process. Any thread.
    std::exception_ptr failure() const noexcept { return failed_.load() ? failure_ : nullptr; }
    /// Takes no more steps. The driver then only answers for jobs, which are all complete.
    void stop() { wheel_.stop(); }

    /// So many ranks have died. Any thread.
    int lost() const noexcept { return losses_.count(); }
    /// The ranks that have died; after shut_down().
    const std::vector<int>& lost_ranks() const noexcept { return lines_.lost_ranks(); }
    /// How many workers there are, the root's own included.
    int workers() const noexcept { return lines_.workers(); }
    /// Jobs completed so far: a change says that it is worth looking again. Any thread.
    std::uint64_t completed_jobs() const noexcept { return traffic_.jobs().completed(); }
    /// For threads that wait for jobs and processes, and for the root's own worker.
    Wheel& wheel() noexcept { return wheel_; }

  private:
    using Clock = std::chrono::steady_clock;

    // For the wheel.
    bool step() noexcept override;
    std::chrono::nanoseconds longest_sleep(Deadline deadline) override;
    bool open() const noexcept override { return traffic_.jobs().any() || processes_.any(); }
    bool iterated() const noexcept override { return traffic_.jobs().any_open(); }
    bool passing_worker_busy_for(std::chrono::nanoseconds time) const noexcept override {
        return setup_.local->computing_longer_than(time);
    }

    // What a step does.
    bool take_step();
    void tick(double time);
    void heed_wishes(double time);
    void handle(int worker, const Message& message) noexcept;
    void take_record(int worker, wire::RecordReader& records, const Message& message, double time);
    std::byte* place(int /*from*/, std::span<const std::byte> head, std::size_t size) override {
        return traffic_.place_for(head, size);
    }
    bool wants(std::span<const std::byte> head) override { return traffic_.wants(head); }

    // The pool has failed: what is left to do.
    void fail(std::exception_ptr error) noexcept;
    bool step_after_failure() noexcept;
    bool settle() noexcept;

    // What others want, all at the next step; of these it does not matter how often it is said.
    enum Wish : unsigned { cut = 1, cancellation = 2, shutting_down = 4, local_work = 8 };
    void want(Wish wish) noexcept {
        wishes_.fetch_or(wish);
        wheel_.wake();
    }

    template <class F>
    void post(F&& command);
    void post(std::unique_ptr<Command> command) noexcept {
        inbox_.post(std::move(command));
        wheel_.bell().ring();
    }
    void start_background();
    double now() const { return std::chrono::duration<double>(Clock::now() - epoch_).count(); }

    const Setup setup_;
    const Clock::time_point epoch_ = Clock::now();
    WorkerLines lines_;
    JobTraffic traffic_;
    Processes processes_;
    SharedValues shared_values_;
    std::atomic<bool> leftovers_{false};  // workers still run items of calls that have ended early
    Losses losses_;
    Inbox inbox_;
    CancelList cancelled_;
    std::atomic<unsigned> wishes_{0};
    unsigned due_wishes_ = 0;     // taken, and not heeded yet
    std::atomic<int> status_{0};  // that the ranks are shut down with
    bool shutting_down_ = false;
    std::exception_ptr failure_;  // does not change once failed_ is set
    std::atomic<bool> failed_{false};
    bool settled_ = false;  // after a failure: nothing is left to do but to shut down
    bool mpi_is_lost_ = false;
    double next_tick_ = 0;
    static constexpr double between_catch_ups = 5e-3;  // seconds
    std::atomic<double> caught_up_{0};
    std::atomic<bool> dying_{false};     // ranks are, as far as the last step knows
    std::atomic<bool> all_left_{false};  // every rank has said goodbye, and all that was sent to them has left
    std::atomic<bool> said_no_background_{false};
    JobClock job_clock_;
    Wheel wheel_;  // last: its threads use all of the above
};

}  // namespace hecaton::detail
