// What a running task can ask about itself and the worker that runs it.
#pragma once

#include <cstdint>
#include <hecaton/tasks/random.hpp>
#include <string>

namespace hecaton {

namespace this_task {
/// The item's position in the input of its map, from 0. Throws UsageError outside a task, as do the others here.
std::uint64_t index();
/// Which run of this item this is, from 1; above 1 only after its sandbox was lost.
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
/// This thread's. Stays where it is until the task ends. A call: in loops it is found once.
TaskContext& task_context() noexcept;

/// The call that items belong to, as far as a worker knows it.
struct CallContext {
    std::uint64_t items = 0;  ///< 0: not known
    std::string name = {};    ///< MapOptions::name
};

/// The pool that this thread works for.
struct WorkerContext {
    int rank = -1;
    int size = 0;
};
extern thread_local constinit WorkerContext worker_context;

/// Marks this thread as running a task for as long as it lives.
class InTask {
  public:
    /// `call` is for the launcher's crash card (task_page.hpp); null where nothing is known of it.
    InTask(std::uint64_t first, std::uint32_t attempt, std::uint64_t seed, const CallContext* call = nullptr);
    ~InTask();
    InTask(const InTask&) = delete;
    InTask& operator=(const InTask&) = delete;

  private:
    enum class Shown : std::uint8_t { no, in_page, elsewhere };
    static Shown show(const CallContext* call) noexcept;

    const TaskContext outer_;
    const Shown shown_;
};

}  // namespace detail
}  // namespace hecaton
