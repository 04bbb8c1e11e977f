// RankPages: what the ranks of an attendant's mpirun show of themselves.
#pragma once

#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <hecaton/foundation/memory_file.hpp>
#include <hecaton/tasks/task_page.hpp>
#include <memory>
#include <new>
#include <string>

namespace hecaton::detail::attendant {

/// The pages of all ranks, in which they say which items they run.
class RankPages {
  public:
    explicit RankPages(int ranks)
        : ranks_(ranks), file_(MemoryFile::create(static_cast<std::size_t>(ranks) * TaskPage::file_bytes)) {
        if (file_ == nullptr) return;
        pages_ = file_->map_writable();
        ::setenv(TaskPage::variable, file_->address().text().c_str(), 1);
    }

    /// "it was running item 17 of "sweep""; empty where nobody knows.
    std::string item_of(int rank) const {
        if (pages_ == nullptr || rank >= ranks_) return {};
        const TaskPage& page = this->page(rank);
        if (page.layout != TaskPage::known_layout || !page.task.running || page.elsewhere.load() != 0) return {};
        const std::string name(page.name, std::min<std::size_t>(page.length, sizeof page.name));
        if (!name.empty()) return fmt::format("it was running item {} of \"{}\"", page.task.item(), name);
        return page.items > 1
                   ? fmt::format("it was running item {} of a call with {} items", page.task.item(), page.items)
                   : fmt::format("it was running item {}", page.task.item());
    }

    /// Sends a Ctrl-C to the rank that has asked for the first one (see interrupts.hpp). False where there is none.
    bool take_interrupt() const {
        for (int rank = 0; pages_ != nullptr && rank < ranks_; ++rank) {
            const pid_t process = page(rank).takes_interrupt.load();
            if (process > 0 && ::kill(process, SIGINT) == 0) return true;
        }
        return false;
    }

  private:
    const TaskPage& page(int rank) const {
        const auto* const at = pages_.get() + static_cast<std::size_t>(rank) * TaskPage::file_bytes;
        return *std::launder(reinterpret_cast<const TaskPage*>(at));
    }

    int ranks_;
    std::shared_ptr<MemoryFile> file_;
    std::shared_ptr<const std::byte> pages_;
};

}  // namespace hecaton::detail::attendant
