#include <launcher/shim/running_item.hpp>

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

link::Item RunningItem::look() const {
    if (page_ == nullptr) return {};
    const TaskPage& page = *std::launder(reinterpret_cast<const TaskPage*>(page_.get()));
    if (page.layout != TaskPage::known_layout || !page.task.running || page.elsewhere.load() != 0) return {};
    return {.running = true,
            .index = page.task.index,
            .attempt = page.task.attempt,
            .items = page.items,
            .name = {page.name, std::min<std::size_t>(page.length, sizeof page.name)}};
}

}  // namespace hecaton::launcher
