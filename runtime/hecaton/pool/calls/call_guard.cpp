#include <fmt/format.h>

#include <hecaton/foundation/error.hpp>
#include <hecaton/pool/calls/call_guard.hpp>
#include <hecaton/tasks/forked_copy.hpp>
#include <hecaton/tasks/this_task.hpp>
#include <utility>

namespace hecaton::detail {
namespace {
thread_local constinit bool in_callback = false;
}

InCallback::InCallback() : outer_(std::exchange(in_callback, true)) {}
InCallback::~InCallback() {
    end_forked_copy();
    in_callback = outer_;
}

bool nested() noexcept { return task_context().running || in_callback || is_forked_copy(); }

void refuse_nested(const char* call) {
    if (is_forked_copy())
        throw UsageError(
            fmt::format("{} was called in a process that the program has forked from a rank: the copy has no pool. "
                        "Call it in the rank itself",
                        call));
    if (task_context().running)
        throw UsageError(
            fmt::format("{} was called inside a task: tasks cannot use the pool that runs them. Return the work to "
                        "the body and submit it there",
                        call));
    if (in_callback)
        throw UsageError(
            fmt::format("{} was called inside on_complete, on the thread that the pool needs to go on: set a flag "
                        "there and call the pool from the body",
                        call));
}

}  // namespace hecaton::detail
