// TaskPage: memory in which a process says which item it is running, and which outlives the process.
//
// `hecaton run` makes one for each of its ranks and reads it for the crash card. It is written with plain stores, while
// the items run.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <hecaton/foundation/stack_watch.hpp>
#include <hecaton/job/job_time.hpp>
#include <hecaton/tasks/this_task.hpp>

namespace hecaton::detail {

struct TaskPage {
    static constexpr std::size_t file_bytes = 4'096;
    /// The environment variable with the MemoryFile::Address of the file.
    static constexpr const char* variable = "HECATON_TASK_PAGE";
    static constexpr std::uint32_t known_layout = 2;
    /// Where in the file the ToldTime is, which outlives the page: the launcher may write it before the page is used.
    static constexpr std::size_t time_at = 2'048;

    std::uint32_t layout = known_layout;      ///< 0: no runtime uses the page; others: a runtime of another version
    std::atomic<std::uint32_t> elsewhere{0};  ///< tasks that run too, on threads that found the page in use
    std::atomic<bool> in_use{false};
    TaskContext task;
    std::uint64_t begun = 0;   ///< so many tasks were shown here: the same item is another one in the next
    std::uint64_t items = 0;   ///< of the call; 0: not known
    std::uint32_t length = 0;  ///< of its name
    char name[64] = {};        ///< what fits of it
    StackNote full_stack{0};   ///< the process whose stack was full
    /// The process of the rank that takes the first Ctrl-C (SIGINT) without ending: see interrupts.hpp; 0: none does.
    std::atomic<std::int32_t> takes_interrupt{0};
};
static_assert(sizeof(TaskPage) <= TaskPage::time_at);
static_assert(TaskPage::time_at + sizeof(ToldTime) <= TaskPage::file_bytes);
static_assert(std::atomic<std::uint32_t>::is_always_lock_free && std::atomic<bool>::is_always_lock_free);

/// From now on tasks of this process are to be seen in the page that the environment names, if it names one, and the
/// job's time is as it is told there. Before the first pool, and before other processes are forked.
void show_tasks();

/// That page; null where there is none.
TaskPage* own_task_page() noexcept;
/// In the same page, where it is noted that a stack was full; null where there is no page.
StackNote* full_stack_note() noexcept;

}  // namespace hecaton::detail
