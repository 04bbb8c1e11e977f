#include <hecaton/foundation/error.hpp>
#include <hecaton/foundation/host.hpp>
#include <hecaton/tasks/this_task.hpp>

namespace hecaton {
namespace detail {

thread_local constinit TaskContext task_context;
thread_local constinit WorkerContext worker_context;

namespace {
const TaskContext& running_task() {
    if (!task_context.running)
        throw UsageError(
            "hecaton::this_task was asked outside a task: it means something only inside a function that a pool runs");
    return task_context;
}
}  // namespace

}  // namespace detail

std::uint64_t this_task::index() { return detail::running_task().index; }
std::uint32_t this_task::attempt() { return detail::running_task().attempt; }

int this_worker::rank() noexcept { return detail::worker_context.rank; }
int this_worker::size() noexcept { return detail::worker_context.size; }
const std::string& this_worker::host() { return host::name(); }

}  // namespace hecaton
