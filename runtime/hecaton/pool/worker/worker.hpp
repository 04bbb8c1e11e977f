// Worker: runs the chunks that the root gives it, on the thread that calls work().
//
// The same class serves a rank of its own (messages come over MPI) and the root's compute thread (the driver hands them
// over). Messages go in by deliver() and come out of collect(), on any thread, also while a chunk runs. So a worker in
// a long item takes in its next chunks, gives back those that it has not started, and hands over what it has finished.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <hecaton/pool/worker/activity.hpp>
#include <hecaton/pool/worker/chunk_queue.hpp>
#include <hecaton/pool/worker/compute_gate.hpp>
#include <hecaton/pool/worker/connection.hpp>
#include <hecaton/pool/worker/opened_jobs.hpp>
#include <hecaton/pool/worker/output.hpp>
#include <hecaton/pool/worker/process_host.hpp>
#include <hecaton/pool/worker/wire.hpp>
#include <hecaton/recording/switch.hpp>
#include <hecaton/tasks/error_record.hpp>
#include <hecaton/tasks/this_task.hpp>
#include <hecaton/transport/bell.hpp>
#include <hecaton/transport/endpoint.hpp>
#include <memory>
#include <vector>

namespace hecaton::detail {

class Isolation;
struct RunContext;

class Worker {
  public:
    /// `context` is what this_worker tells the tasks. `bell` is the word of its bell where other processes ring it.
    Worker(WorkerContext context, std::function<void()> initializer, std::shared_ptr<Bell::Word> bell = nullptr);
    ~Worker();
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    /// Takes in a message from the root. Any thread, but one at a time. What cannot be taken in fails the worker.
    void deliver(Message message) noexcept;
    /// Takes out what is to be sent to the root; false when there is nothing, or too little to be worth it yet. Any
    /// thread.
    bool collect(Message& message) { return output_.collect(message); }
    /// Makes collect() give what there is, however little. Returns whether there is any. Any thread.
    bool release_output() { return output_.release(); }
    /// The last word to the root, for collect() to give; to be repeated when it could not be said or sent.
    void say_goodbye() {
        if (recording::on()) output_.add_usage();
        output_.add(wire::Bye{});
    }

    /// The worker can go on no longer, because of the exception that is being handled: it tells the root, and runs
    /// nothing more. Any thread, inside a catch block.
    void fail_with_current() noexcept;
    /// A message that collect() gave could not be sent, because of the exception that is being handled. The same, and
    /// the root is told again if that is what was lost.
    void lost_output() noexcept;
    bool failed() const noexcept { return failed_.load(); }
    /// Drops what it has not begun, and ends what it runs behind the current item. Any thread.
    void give_up() noexcept;

    /// What rings when there is news of a process to collect: the worker's own bell, unless another one is set before
    /// work().
    void set_output_bell(Bell& bell) noexcept { output_bell_ = &bell; }
    /// It computes only inside that gate. Before work().
    void set_gate(ComputeGate& gate) noexcept { gate_ = &gate; }
    /// Kills the processes; from then on there is no news of them. Once nothing is delivered any more.
    void end_processes() { processes_.end_all(); }

    /// Runs chunks until the root shuts this worker down; returns the exit status that it sent along.
    int work(Connection& connection);
    /// The ranks that have died, which the root told it then. After work().
    const std::vector<int>& lost_ranks() const noexcept { return lost_ranks_; }

    /// Rings when something was delivered.
    Bell& bell() noexcept { return bell_; }
    /// The chunk that it runs, for watchers.
    Activity& activity() noexcept { return activity_; }
    bool computing() const noexcept { return activity_.computing(); }
    bool computing_longer_than(std::chrono::nanoseconds time) const noexcept {
        return activity_.computing_longer_than(time);
    }
    Bell& watcher_bell() noexcept { return activity_.watcher_bell(); }

  private:
    // On the thread that delivers.
    void take_record(wire::RecordReader& records, const std::shared_ptr<const Message>& message);
    void pass_over(wire::RecordReader& records) noexcept;
    void open_job(wire::RecordReader& records);
    void queue_chunk(wire::RecordReader& records, const std::shared_ptr<const Message>& message);
    void give_back_unstarted();
    void prepare_isolation();
    void shut_down(wire::RecordReader& records);
    void start_process(wire::RecordReader& records, const Message& message);

    // On the working thread.
    bool take_turn(RunContext& context, Backoff& backoff, std::int64_t& time);
    bool run_next(RunContext& context, std::int64_t& time);
    std::int64_t run(RunContext& context, QueuedChunk&& chunk, std::int64_t now);
    bool initialize();
    void fail(const ErrorRecord& why);

    const WorkerContext context_;
    Bell bell_;
    Bell* output_bell_ = &bell_;
    ComputeGate* gate_ = nullptr;
    Activity activity_;
    ChunkQueue queue_;
    WorkerOutput output_;
    std::atomic<bool> failed_{false};     // it runs nothing more
    std::atomic<bool> shut_down_{false};  // the root wants this worker to end, with status_

    // Of the working thread.
    std::function<void()> initializer_;
    enum class State : std::uint8_t { fresh, ready, failed } state_ = State::fresh;

    // Of the thread that delivers.
    OpenedJobs jobs_;
    std::vector<QueuedChunk> delivered_;
    std::unique_ptr<Isolation> isolation_;        // made with the first job that wants it; the working thread runs it
    std::atomic<Isolation*> isolating_{nullptr};  // the same, for give_up()
    int status_ = 0;
    std::vector<int> lost_ranks_;

    ProcessHost processes_;  // the last member: its reports use others
};

}  // namespace hecaton::detail
