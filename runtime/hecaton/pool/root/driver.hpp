// Driver: the root's side of a pool. It feeds the dispatcher with events and carries out its actions.
//
// Exactly one thread drives at any time: a caller that waits for a job, or, when nobody waits, the background thread,
// so that workers stay supplied while the root's own code goes on. While the root's own worker runs short items it
// takes that thread's steps in passing, between two items, so that there are not more busy threads than ranks.
// Everything else reaches the driving thread through the inbox.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <hecaton/pool/calls/job.hpp>
#include <hecaton/pool/root/process_state.hpp>
#include <hecaton/pool/root/progress.hpp>
#include <hecaton/pool/shared/block.hpp>
#include <hecaton/pool/worker/wire.hpp>
#include <hecaton/pool/worker/worker.hpp>
#include <hecaton/scheduling/dispatcher.hpp>
#include <hecaton/tasks/this_task.hpp>
#include <hecaton/transport/bell.hpp>
#include <hecaton/transport/endpoint.hpp>
#include <memory>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <vector>

namespace hecaton::detail {

class LazyJob;
struct ItemSegment;

class Driver final : private Landing {
  public:
    struct Setup {
        Endpoint* endpoint = nullptr;      ///< to the other ranks; null in a pool of one
        std::vector<int> workers;          ///< ranks that get chunks, without the root
        std::vector<int> idle_ranks;       ///< ranks of the communicator that the pool does not use
        Worker* local = nullptr;           ///< the root's own worker; null when the root does not work
        std::shared_ptr<Bell::Word> bell;  ///< of the root's bell where other ranks ring it
        WorkerContext root;                ///< the root's rank and the size of the pool
        std::vector<int> nodes;  ///< what Ranks::nodes is; empty: send every rank its own copy of shared values
        bool background = true;  ///< whether a thread of ours may make MPI calls
        std::uint64_t seed = 0;  ///< of the random numbers in tasks
    };

    explicit Driver(Setup setup);
    ~Driver() override;

    /// New work. With `detached`, the background thread takes care of it when nobody waits. Throws what Job::ask_costs
    /// does.
    void submit(std::shared_ptr<Job> job, bool detached);
    void cancel(std::shared_ptr<Job> job);
    /// Cancels all jobs, and ends all processes: politely, and a second later by SIGKILL.
    void cancel_all();
    /// Drives, or waits for whoever drives, until the job is complete. False when the deadline came first.
    bool wait(Job& job, Deadline deadline = no_deadline);
    /// The same until `done`, a look at the states of jobs and processes, says so.
    bool wait_until(const std::function<bool()>& done, Deadline deadline) { return drive_until(done, deadline); }
    /// The same until all jobs are complete and all processes have ended.
    bool wait_all(Deadline deadline = no_deadline);
    /// Makes a value known to every other rank: each node gets its bytes once where that is possible.
    void share(std::uint64_t id, SharedBlock block);
    /// More items for a job whose input is open; `last`: no more will follow. Ignored once the input was cut.
    void extend(std::shared_ptr<LazyJob> job, ItemSegment items, bool last);
    /// Closes all inputs where they stand.
    void cut_inputs();
    /// Carries out at once, on this thread, what was asked for, unless somebody drives, who then does.
    void supply();
    /// Drives, or waits for whoever drives, until results have arrived or the job is complete.
    void wait_for_arrivals(const LazyJob& job);
    /// How many workers there are, the root's own included.
    int workers() const noexcept { return static_cast<int>(slots_.size()); }
    void drop_shared(std::uint64_t id);
    /// Starts a process that runs `task` on the next rank in turn. It counts as open work until it has ended.
    void start_process(std::shared_ptr<ProcessState> process, std::string name, std::shared_ptr<const Buffer> task);
    void signal_process(std::shared_ptr<const ProcessState> process, int signo);
    /// After the last job: tells all ranks to stop serving, with this exit status, and waits until they have. False
    /// when the deadline came first.
    bool shut_down(int status, Deadline deadline = no_deadline);

    /// Ends the background thread. The driver then only answers for jobs, which are all complete.
    void stop();

    /// Jobs completed so far: a change says that it is worth looking again. Any thread.
    std::uint64_t completed_jobs() const noexcept { return completed_jobs_.load(); }

    /// A step by the root's own worker, between two items. False when nothing came of it, or others have to drive.
    bool step_in_passing();
    /// It does not come by any more until the next step in passing.
    void end_passing();

    /// Rung by the root's own worker when it has something to collect.
    Bell& bell() noexcept { return bell_; }

  private:
    using Clock = std::chrono::steady_clock;
    using JobId = scheduling::JobId;

    struct WorkerSlot {
        int rank = -1;  // -1: the root's own
        int node = -1;  // -1: gets its own copy of shared values
        Buffer out;     // records that wait to be sent
    };
    // A job that is not complete yet.
    struct Running {
        std::shared_ptr<Job> job;
        JobId id = 0;
        bool open = false;  // more items may come
        bool cancelled = false;
        double begun = 0;
        std::uint64_t finished = 0;  // items
        std::unique_ptr<Progress> progress;
        Report report;
        std::unordered_map<int, double> seconds;  // computing time by worker; a key means the job was opened there
        int last_worker = -1;                     // the entry that was used last: chunks come in runs
        double* last_seconds = nullptr;
        /// The worker's entry, and whether it is new.
        std::pair<double*, bool> seconds_of(int worker);
        std::uint64_t items_in_all() const noexcept { return open ? 0 : report.items; }  // 0: not known
    };

    // A process that has not ended yet.
    struct RunningProcess {
        std::shared_ptr<ProcessState> state;
        int worker = 0;
    };

    // Who drives.
    bool drive_until(const std::function<bool()>& done, Deadline deadline);
    void drive_as_sole(std::unique_lock<std::mutex>& lock, const std::function<bool()>& done, Deadline deadline);
    void drive(const std::function<bool()>& done, Deadline deadline);
    void run_background();
    void start_background();
    void leave_for_now(std::unique_lock<std::mutex>& lock);
    void rouse();
    void wake();
    bool may_pass() const noexcept;
    bool relieved() const noexcept;
    void stand_by(const std::function<bool()>& done, std::chrono::nanoseconds longest);
    bool step_alone();

    // What the driving thread does.
    bool step();
    void tick(double time);
    std::chrono::nanoseconds longest_sleep(Deadline deadline);
    bool take_inbox();
    bool receive();
    void handle(int worker, const Message& message);
    void chunk_done(int worker, const wire::ChunkDone& record, wire::RecordReader& records, const Message& message,
                    double time);
    void carry_out();
    void send_chunk(int worker, const scheduling::Chunk& chunk);
    void complete(JobId id);
    void start(std::shared_ptr<Job> job);
    void flush(int worker, Bulk bulk = {});
    void group_by_node();
    void send_shared(std::uint64_t id, const SharedBlock& block);
    void put_shared(int worker, std::uint64_t id, const SharedBlock& block, bool for_node = false);
    void shared_answer(int worker, const wire::SharedAnswer& answer);
    void fail_pool(std::exception_ptr error);
    void place_process(const std::shared_ptr<ProcessState>& process, const std::string& name,
                       const std::shared_ptr<const Buffer>& task);
    void process_event(const wire::ProcessEvent& event);
    void send_signal(std::uint64_t process, int signo);
    void signal_all_processes(int signo);
    void fail_processes();
    void wake_waiters();
    void post(std::function<void()> command);
    Running* running(JobId id);
    std::byte* place(int from, std::span<const std::byte> head, std::size_t size) override;
    double now() const;

    const Setup setup_;
    std::vector<WorkerSlot> slots_;
    std::unordered_map<int, int> worker_of_rank_;
    scheduling::Dispatcher dispatcher_;
    std::unordered_map<JobId, Running> jobs_;
    Running* last_found_ = nullptr;
    std::unordered_map<std::uint64_t, RunningProcess> processes_;
    std::uint64_t processes_placed_ = 0;
    double kill_at_ = 0;                   // when processes that were asked to end are killed; 0: they were not asked
    std::vector<std::vector<int>> mates_;  // by node: its workers; the first gets shared values for all of them
    std::unordered_map<std::uint64_t, std::weak_ptr<const MemoryFile>> shared_files_;  // not dropped yet
    std::exception_ptr pool_error_;
    double next_tick_ = 0;
    std::atomic<int> byes_{0};
    const Clock::time_point epoch_ = Clock::now();
    Bell bell_{setup_.bell};

    std::mutex inbox_mutex_;
    std::vector<std::function<void()>> inbox_;
    std::atomic<bool> inbox_filled_{false};

    std::mutex wheel_;                  // held during a step
    std::atomic<bool> passing_{false};  // the root's own worker is awake, and steps in passing

    std::mutex control_;  // guards driving_, background_, consumer_left_ and said_no_background_
    std::condition_variable changed_;
    bool driving_ = false;
    std::atomic<bool> stopping_{false};
    bool said_no_background_ = false;
    std::thread background_;
    std::atomic<int> waiting_{0};
    std::atomic<std::int64_t> open_jobs_{0};
    std::atomic<std::uint64_t> completed_jobs_{0};
    std::atomic<int> open_inputs_{0};  // jobs that began with an open input and are not complete
    Clock::time_point consumer_left_;  // when a thread that iterates last stopped driving
    bool arrivals_ = false;            // somebody else may wait for results that came in this step
};

}  // namespace hecaton::detail
