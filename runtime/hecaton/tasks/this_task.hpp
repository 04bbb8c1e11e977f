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
/// This process's number among the ranks of the job on its node, from 0, and how many those are; -1 and 0 before MPI is
/// started. A Process and an isolated item have those of their rank. HECATON_LOCAL_RANK and HECATON_LOCAL_SIZE in the
/// environment say the same.
int local_rank() noexcept;
int local_size() noexcept;
/// The number of its node among those that have ranks of the job, from 0, and how many those are; -1 and 0 before MPI
/// is started, and where a program that has started MPI itself was not started by `hecaton run`. HECATON_NODE and
/// HECATON_NODES in the environment say the same.
int node() noexcept;
int nodes() noexcept;
/// Seconds until the job's end, as the launcher (`hecaton run --time`, or the batch job's own limit), HECATON_DEADLINE
/// in the environment, or SIGUSR2 has told it: 0 from then on, infinity where nobody has. In any process of the job;
/// ranks may differ by the time that passes between their calls. hecaton::time_left(comm) is the same on all ranks.
double time_left() noexcept;
}  // namespace this_worker

namespace detail {

/// The number of an item. A type of its own: the compiler knows then that a result which is a number is not stored over
/// it, and a loop over cheap items need not store it for each.
enum class ItemIndex : std::uint64_t {};

/// The task that runs on this thread.
struct TaskContext {
    bool running = false;
    ItemIndex index{};
    std::uint32_t attempt = 0;
    std::uint64_t seed = 0;

    std::uint64_t item() const noexcept { return static_cast<std::uint64_t>(index); }
    void set_item(std::uint64_t i) noexcept { index = ItemIndex{i}; }
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
