// What a running task can ask about itself and the worker that runs it.
#pragma once

#include <cstdint>
#include <hecaton/tasks/random.hpp>
#include <string>

namespace hecaton {

namespace this_task {
/// The item's position in the input of its map, from 0. Throws UsageError outside a task, as do the others here.
std::uint64_t index();
/// Which run of this item this is, from 1; above 1 only after a worker or a sandbox was lost.
std::uint32_t attempt();
/// This item's random numbers. They depend on PoolOptions::seed, MapOptions::seed and index() only: the same on 1 rank
/// and on 1,000, in whatever chunks, and in another run of the item. The reference is good until the item ends.
RandomStream& random();
}  // namespace this_task

namespace this_worker {
/// This process's rank in the communicator of the pool that it serves or drives; -1 without one.
int rank() noexcept;
/// The number of ranks in that communicator; 0 without one.
int size() noexcept;
/// The name of the host that this process runs on.
const std::string& host();
}  // namespace this_worker

namespace detail {

/// The task that runs on this thread.
struct TaskContext {
    bool running = false;
    std::uint64_t index = 0;
    std::uint32_t attempt = 0;
    std::uint64_t seed = 0;
};
extern thread_local constinit TaskContext task_context;

/// The pool that this thread works for.
struct WorkerContext {
    int rank = -1;
    int size = 0;
};
extern thread_local constinit WorkerContext worker_context;

/// Marks this thread as running a task for as long as it lives.
class InTask {
  public:
    InTask(std::uint64_t first, std::uint32_t attempt, std::uint64_t seed);
    ~InTask() { task_context = outer_; }
    InTask(const InTask&) = delete;
    InTask& operator=(const InTask&) = delete;

  private:
    TaskContext outer_;
};

}  // namespace detail
}  // namespace hecaton
