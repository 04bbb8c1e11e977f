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
#include <deque>
#include <functional>
#include <hecaton/tasks/runner.hpp>
#include <hecaton/transport/bell.hpp>
#include <hecaton/transport/endpoint.hpp>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <vector>

#include <hecaton/pool/wire.hpp>

namespace hecaton::detail {

class Worker;

/// What connects a worker to its root.
class Connection {
  public:
    virtual ~Connection() = default;
    /// Delivers what has come and sends what collect() gives. Returns whether anything came.
    virtual bool exchange(Worker& worker) = 0;
    /// How long an idle worker may sleep between two exchanges.
    virtual std::chrono::nanoseconds longest_sleep() const = 0;
};

class Worker {
  public:
    /// `rank` and `size` are what this_worker tells the tasks.
    Worker(int rank, int size, std::function<void()> initializer);

    /// Takes in a message from the root. Any thread.
    void deliver(Message message);
    /// Takes out what is to be sent to the root; false when there is nothing. Any thread.
    bool collect(Message& message);
    bool has_output();

    /// Runs chunks until the root shuts this worker down; returns the exit status that it sent along.
    int work(Connection& connection);

    /// Rings when something was delivered.
    Bell& bell() noexcept { return bell_; }
    /// Rings when a chunk begins after a pause: whoever watches long chunks can sleep until then.
    Bell& watcher_bell() noexcept { return watcher_bell_; }
    /// True when a chunk has been running for longer than `time`.
    bool computing_longer_than(std::chrono::nanoseconds time) const noexcept;
    bool computing() const noexcept { return started_.load(std::memory_order_relaxed) != 0; }

  private:
    struct Job {
        std::uint32_t task = 0;
        bool with_times = false;
        Buffer closure;
        std::unique_ptr<Runner> runner;  // made by the working thread when its first chunk comes
        std::unique_ptr<Pace> pace;
    };
    struct Chunk {
        wire::RunChunk record{};
        std::span<const std::byte> items;
        std::shared_ptr<const Message> message;  // keeps the items
        std::shared_ptr<Job> job;
    };

    void take_message(const std::shared_ptr<const Message>& message);
    void give_back_unstarted();
    std::optional<Chunk> next_chunk();
    void run(Chunk& chunk);
    bool initialize();
    void fail_chunk(const Chunk& chunk, ChunkOutput& output) const;
    void hand_over(const Chunk& chunk, ChunkOutput& output, double seconds);
    void give_back(const wire::RunChunk& chunk);
    bool shutting_down();

    const int rank_;
    const int size_;
    std::function<void()> initializer_;
    Bell bell_;
    Bell watcher_bell_;
    std::atomic<bool> stop_{false};         // the running chunk is to end at its next item
    std::atomic<std::int64_t> started_{0};  // when the running chunk began (steady clock, ns); 0: none runs
    enum class State : std::uint8_t { fresh, ready, failed } state_ = State::fresh;

    std::mutex mutex_;  // guards everything below
    std::deque<Chunk> queue_;
    std::unordered_map<std::uint64_t, std::shared_ptr<Job>> jobs_;
    Buffer output_;                      // records that wait to be collected
    std::deque<Message> full_messages_;  // those before them, which are complete
    std::optional<int> shut_down_;       // the status, once the root has said so
};

}  // namespace hecaton::detail
