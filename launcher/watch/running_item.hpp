// The item of a pool's call that a rank is running, which its shim can still read when the rank has ended.
#pragma once

#include <sys/types.h>

#include <hecaton/foundation/memory_file.hpp>
#include <memory>

#include <launcher/link/messages.hpp>

namespace hecaton::detail {
struct TaskPage;
struct ToldTime;
}  // namespace hecaton::detail

namespace hecaton::launcher {

/// To be made before the rank is started. Ranks without hecaton's runtime never write to the page that is read here.
class RunningItem {
  public:
    /// Tells the processes that are started from now on where to write. Where there is no memory for a page, look()
    /// knows no item.
    RunningItem();

    /// The item in the middle of which the rank ended. None where several of its threads were running items: nobody
    /// knows which of them ended it.
    link::Item look() const;
    /// The number of the task that the item belongs to: an item of the same index is another one in the next task.
    std::uint64_t task() const;
    /// Sends a Ctrl-C to the process of the rank that has asked for the first one, if there is one in the group of
    /// processes. Returns whether there is.
    bool take_interrupt(pid_t group) const;
    /// What the rank is told of the job's time; null where there is no memory for a page.
    detail::ToldTime* time() const;
    /// The stack of one of its threads was full when it died.
    bool stack_was_full() const;

  private:
    const detail::TaskPage* page() const;  // null where the rank has never written to it

    std::shared_ptr<detail::MemoryFile> file_;
    std::shared_ptr<std::byte> page_;
};

}  // namespace hecaton::launcher
