#include <pthread.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <hecaton/foundation/error.hpp>
#include <hecaton/foundation/host.hpp>
#include <hecaton/foundation/memory_file.hpp>
#include <hecaton/job/job_place.hpp>
#include <hecaton/job/job_time.hpp>
#include <hecaton/tasks/forked_copy.hpp>
#include <hecaton/tasks/task_page.hpp>
#include <hecaton/tasks/this_task.hpp>
#include <new>
#include <optional>

namespace hecaton {
namespace detail {

thread_local constinit WorkerContext worker_context;

namespace {

TaskPage* page = nullptr;
thread_local constinit TaskContext own_context;
thread_local constinit TaskContext* shown_context = nullptr;  // in the page, while this thread's task is there

// A process that is forked inside a task goes on with a copy of the context, and does not touch the page.
void before_fork() {
    if (shown_context != nullptr) own_context = *shown_context;
}
void in_forked_child() {
    shown_context = nullptr;
    page = nullptr;
}

// The stream of the item that asked last on this thread.
struct ItemRandom {
    std::uint64_t index = 0;
    std::optional<RandomStream> stream;
};
thread_local constinit ItemRandom item_random;

const TaskContext& running_task() {
    const TaskContext& task = task_context();
    if (!task.running)
        throw UsageError(
            "hecaton::this_task was asked outside a task: it means something only inside a function that a pool runs");
    return task;
}

// Where our page is in a file that all ranks share; one that is for us alone has one page. Its size where none is ours.
std::size_t place_in_file(std::size_t size) {
    const std::size_t pages = size / TaskPage::file_bytes;
    const char* const rank = pages > 1 ? std::getenv("OMPI_COMM_WORLD_RANK") : nullptr;
    const std::size_t number = rank != nullptr ? std::strtoul(rank, nullptr, 10) : 0;
    return number < pages ? number * TaskPage::file_bytes : size;
}

}  // namespace

TaskContext& task_context() noexcept { return shown_context != nullptr ? *shown_context : own_context; }

void show_tasks() {
    const char* text = std::getenv(TaskPage::variable);
    if (text == nullptr) return;
    const MemoryFile::Address address = MemoryFile::Address::from(text);
    ::unsetenv(TaskPage::variable);  // programs that this one starts are no ranks
    const std::size_t at = place_in_file(address.size);
    if (at == address.size) return;
    const auto file = MemoryFile::open_writable(address);
    if (file == nullptr) return;
    // Never unmapped: a task may run until the process has ended.
    static const auto& memory = *new std::shared_ptr<std::byte>(file->map_writable());
    if (memory == nullptr) return;
    heed_warnings();
    heed(*std::launder(reinterpret_cast<ToldTime*>(memory.get() + at + TaskPage::time_at)));
    page = new (memory.get() + at)
        TaskPage;  // what another program has left there, in the same rank before this one, is over
    ::pthread_atfork(&before_fork, nullptr, &in_forked_child);
}

TaskPage* own_task_page() noexcept { return page; }
StackNote* full_stack_note() noexcept { return page != nullptr ? &page->full_stack : nullptr; }

InTask::Shown InTask::show(const CallContext* call) noexcept {
    if (page == nullptr || shown_context != nullptr) return Shown::no;
    if (page->in_use.exchange(true, std::memory_order_acquire)) {
        page->elsewhere.fetch_add(1);
        return Shown::elsewhere;
    }
    ++page->begun;
    page->items = call != nullptr ? call->items : 0;
    page->length = call != nullptr ? static_cast<std::uint32_t>(std::min(call->name.size(), sizeof page->name)) : 0;
    if (call != nullptr) std::memcpy(page->name, call->name.data(), page->length);
    shown_context = &page->task;
    return Shown::in_page;
}

InTask::InTask(std::uint64_t first, std::uint32_t attempt, std::uint64_t seed, const CallContext* call)
    : outer_(task_context()), shown_(show(call)) {
    task_context() = {true, ItemIndex{first}, attempt, seed};
    item_random.stream.reset();  // another job has an item of the same index
}

InTask::~InTask() {
    end_forked_copy();
    if (shown_ == Shown::in_page) shown_context = nullptr;
    task_context() = outer_;
    if (page == nullptr || shown_ == Shown::no) return;
    if (shown_ == Shown::elsewhere) {
        page->elsewhere.fetch_sub(1);
    } else {
        page->task.running = false;
        page->in_use.store(false, std::memory_order_release);
    }
}

}  // namespace detail

std::uint64_t this_task::index() { return detail::running_task().item(); }
std::uint32_t this_task::attempt() { return detail::running_task().attempt; }

RandomStream& this_task::random() {
    const detail::TaskContext& task = detail::running_task();
    auto& [index, stream] = detail::item_random;
    if (!stream || index != task.item()) {
        stream.emplace(task.seed, task.item());
        index = task.item();
    }
    return *stream;
}

int this_worker::rank() noexcept { return detail::worker_context.rank; }
int this_worker::size() noexcept { return detail::worker_context.size; }
const std::string& this_worker::host() { return detail::host::name(); }
int this_worker::local_rank() noexcept { return detail::job_place().local_rank; }
int this_worker::local_size() noexcept { return detail::job_place().local_size; }
int this_worker::node() noexcept { return detail::job_place().node; }
int this_worker::nodes() noexcept { return detail::job_place().nodes; }
double this_worker::time_left() noexcept { return detail::seconds_left(); }

}  // namespace hecaton
