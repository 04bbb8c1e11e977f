#include <hecaton/foundation/error.hpp>
#include <hecaton/foundation/host.hpp>
#include <hecaton/tasks/this_task.hpp>
#include <optional>

namespace hecaton {
namespace detail {

thread_local constinit TaskContext task_context;
thread_local constinit WorkerContext worker_context;

namespace {

// The stream of the item that asked last on this thread.
struct ItemRandom {
    std::uint64_t index = 0;
    std::optional<RandomStream> stream;
};
thread_local constinit ItemRandom item_random;

const TaskContext& running_task() {
    if (!task_context.running)
        throw UsageError(
            "hecaton::this_task was asked outside a task: it means something only inside a function that a pool runs");
    return task_context;
}

}  // namespace

InTask::InTask(std::uint64_t first, std::uint32_t attempt, std::uint64_t seed) : outer_(task_context) {
    task_context = {true, first, attempt, seed};
    item_random.stream.reset();  // another job has an item of the same index
}

}  // namespace detail

std::uint64_t this_task::index() { return detail::running_task().index; }
std::uint32_t this_task::attempt() { return detail::running_task().attempt; }

RandomStream& this_task::random() {
    const detail::TaskContext& task = detail::running_task();
    auto& [index, stream] = detail::item_random;
    if (!stream || index != task.index) {
        stream.emplace(task.seed, task.index);
        index = task.index;
    }
    return *stream;
}

int this_worker::rank() noexcept { return detail::worker_context.rank; }
int this_worker::size() noexcept { return detail::worker_context.size; }
const std::string& this_worker::host() { return host::name(); }

}  // namespace hecaton
