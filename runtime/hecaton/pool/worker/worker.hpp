// A worker: runs the chunks that the root gives it, on the thread that calls work().
//
// The same class serves a rank of its own (messages come over MPI) and the root's compute thread (the driver hands them
// over). Messages go in by deliver() and come out of collect(), on any thread, also while a chunk runs: so that a
// worker in a long item takes in its next chunks, gives back what it has not started, and hands over what it has
// finished.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <hecaton/tasks/error_record.hpp>
#include <hecaton/tasks/runner.hpp>
#include <hecaton/transport/bell.hpp>
#include <hecaton/transport/endpoint.hpp>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include <hecaton/pool/worker/chunk_queue.hpp>
#include <hecaton/pool/worker/compute_clock.hpp>
#include <hecaton/pool/worker/output.hpp>
#include <hecaton/pool/worker/process_host.hpp>
#include <hecaton/pool/worker/wire.hpp>

namespace hecaton::detail {

class IsolatedChunks;
class Worker;

/// The time by the steady clock.
inline std::int64_t steady_ns() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

/// What connects a worker to its root.
class Connection {
  public:
    virtual ~Connection() = default;
    /// Delivers what has come and sends what collect() gives. Returns whether anything came.
    virtual bool exchange(Worker& worker) = 0;
    /// How long an idle worker may sleep between two exchanges.
    virtual std::chrono::nanoseconds longest_sleep() = 0;
    /// The worker sleeps from now on, until its next exchange.
    virtual void falls_asleep() {}
};

class Worker {
  public:
    /// `rank` and `size` are what this_worker tells the tasks. `bell` is the word of its bell where other processes
    /// ring it.
    Worker(int rank, int size, std::function<void()> initializer, std::shared_ptr<Bell::Word> bell = nullptr);
    ~Worker();
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    /// Takes in a message from the root. Any thread, but one at a time.
    void deliver(Message message);
    /// Takes out what is to be sent to the root; false when there is nothing, or too little to be worth it yet. Any
    /// thread.
    bool collect(Message& message) { return output_.collect(message); }
    /// Makes collect() give what there is, however little. Returns whether there is any. Any thread.
    bool release_output() { return output_.release(); }

    /// What rings when there is news of a process to collect: the worker's own bell, unless another one is set before
    /// work().
    void set_output_bell(Bell& bell) noexcept { output_bell_ = &bell; }
    /// Kills the processes; from then on there is no news of them. After work(), or before there was any.
    void end_processes() { processes_.end_all(); }

    /// Runs chunks until the root shuts this worker down; returns the exit status that it sent along.
    int work(Connection& connection);

    /// Rings when something was delivered.
    Bell& bell() noexcept { return bell_; }
    /// Rings when a chunk begins, for a watcher that sleeps until then.
    Bell& watcher_bell() noexcept { return watcher_bell_; }
    int rank() const noexcept { return rank_; }
    int size() const noexcept { return size_; }
    /// True when a chunk has been running for longer than `time`.
    bool computing_longer_than(std::chrono::nanoseconds time) const noexcept;
    bool computing() const noexcept { return started_.load() != 0; }
    /// Whoever watches long chunks says that it sleeps until one begins; to be followed by a look at computing().
    void watcher_sleeps(bool sleeps) noexcept { watcher_sleeps_.store(sleeps); }

  private:
    static constexpr std::int64_t exchange_every = 20'000;  // ns

    void open_job(wire::RecordReader& records);
    void start_process(wire::RecordReader& records, const Message& message);
    void take_message(const std::shared_ptr<const Message>& message);
    void give_back_unstarted();
    class RunPace;
    std::int64_t run(std::int64_t started);
    bool initialize();
    void compute();
    void compute_isolated();
    void fail(const ErrorRecord& why);
    void fail_items();
    void hand_over(std::uint64_t end, std::uint64_t back, std::int64_t now);
    bool exchange(std::int64_t& now);
    void give_back(const wire::RunChunk& chunk);

    const int rank_;
    const int size_;
    Bell bell_;
    Bell watcher_bell_;
    std::atomic<bool> watcher_sleeps_{false};
    Bell* output_bell_ = &bell_;
    ChunkQueue queue_;
    std::atomic<bool> stop_{false};         // the running chunk is to end at its next item
    std::atomic<bool> shut_down_{false};    // the root wants this worker to end, with status_
    std::atomic<std::int64_t> started_{0};  // when the running chunk began (steady clock, ns); 0: none runs

    // Of the working thread.
    std::function<void()> initializer_;
    enum class State : std::uint8_t { fresh, ready, failed } state_ = State::fresh;
    Connection* connection_ = nullptr;
    std::int64_t exchanged_ = 0;  // when it last was
    QueuedChunk current_;
    std::uint64_t claimed_ = 0;      // items of current_: those of the chunks that were begun
    std::uint64_t handed_over_ = 0;  // of these
    std::int64_t begun_ = 0;         // when it began with the others
    ItemResults layout_;             // of its results
    ComputeClock* clock_ = nullptr;
    ChunkOutput results_;  // kept from chunk to chunk for its memory

    // Of whoever delivers, which is one thread at a time.
    std::unordered_map<std::uint64_t, std::shared_ptr<OpenedJob>> jobs_;
    std::shared_ptr<OpenedJob> last_job_;  // the one that was looked up last: chunks come in runs
    std::uint64_t last_job_id_ = 0;
    std::vector<QueuedChunk> delivered_;
    std::unique_ptr<IsolatedChunks> isolated_;  // made with the first job that wants it; the working thread runs it
    int status_ = 0;

    WorkerOutput output_;
    ProcessHost processes_;  // the last member: its reports use the others
};

}  // namespace hecaton::detail
