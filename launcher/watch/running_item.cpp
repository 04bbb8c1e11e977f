#include <launcher/watch/running_item.hpp>

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <hecaton/tasks/task_page.hpp>
#include <new>

namespace hecaton::launcher {

using detail::TaskPage;

RunningItem::RunningItem() {
    ::unsetenv(TaskPage::variable);  // of a shim around us
    file_ = detail::MemoryFile::create(TaskPage::file_bytes);
    if (file_ == nullptr) return;
    page_ = file_->map_writable();
    if (page_ == nullptr) return;
    ::setenv(TaskPage::variable, file_->address().text().c_str(), 1);
}

const TaskPage* RunningItem::page() const {
    if (page_ == nullptr) return nullptr;
    const auto* const page = std::launder(reinterpret_cast<const TaskPage*>(page_.get()));
    return page->layout == TaskPage::known_layout ? page : nullptr;
}

bool RunningItem::take_interrupt(pid_t group) const {
    const pid_t process = page() != nullptr ? page()->takes_interrupt.load() : 0;
    return process > 0 && ::getpgid(process) == group && ::kill(process, SIGINT) == 0;
}

detail::ToldTime* RunningItem::time() const {
    if (page_ == nullptr) return nullptr;
    return std::launder(reinterpret_cast<detail::ToldTime*>(page_.get() + TaskPage::time_at));
}

bool RunningItem::stack_was_full() const { return page() != nullptr && page()->full_stack.load() != 0; }

std::uint64_t RunningItem::task() const { return page() != nullptr ? page()->begun : 0; }

link::Item RunningItem::look() const {
    if (page() == nullptr || page()->elsewhere.load() != 0) return {};
    if (!page()->task.running) return {.known = true};
    const TaskPage& page = *this->page();
    return {.running = true,
            .known = true,
            .index = page.task.item(),
            .attempt = page.task.attempt,
            .items = page.items,
            .name = {page.name, std::min<std::size_t>(page.length, sizeof page.name)}};
}

}  // namespace hecaton::launcher
