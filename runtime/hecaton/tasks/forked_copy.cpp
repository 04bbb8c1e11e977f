#include <fmt/format.h>
#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

#include <hecaton/foundation/host.hpp>
#include <hecaton/foundation/log.hpp>
#include <hecaton/tasks/forked_copy.hpp>
#include <hecaton/tasks/this_task.hpp>

namespace hecaton::detail {

constinit bool forked_copy = false;

namespace {

constinit pid_t original = 0;  // 0: copies of this process are of no interest yet
// In a page that the kernel empties in each copy: looking there costs nothing, asking for the process's number is a
// system call. Null where the kernel cannot do that.
constinit volatile bool* in_original = nullptr;
constexpr int failure = 1;

void mark_copy() { forked_copy = true; }

volatile bool* page_for_originals() noexcept {
    constexpr std::size_t size = 4096;
    void* page = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED) return nullptr;
    if (::madvise(page, size, MADV_WIPEONFORK) == 0) return static_cast<volatile bool*>(page);
    ::munmap(page, size);
    return nullptr;
}

}  // namespace

void become_original() noexcept {
    if (original == 0) {
        ::pthread_atfork(nullptr, nullptr, &mark_copy);
        in_original = page_for_originals();
    }
    if (in_original != nullptr) *in_original = true;
    original = ::getpid();
    forked_copy = false;
}

// A process that was cloned without fork() has not run the handler.
bool is_forked_copy() noexcept {
    if (forked_copy) return true;
    return in_original != nullptr ? !*in_original : original != 0 && original != ::getpid();
}

// Without what exit() does: buffers of standard output, for example, are the original's.
void end_copy() noexcept {
    try {
        log::line(
            fmt::format("process {}, which the program has forked from {} went on as if it were that rank: it ends "
                        "here. A forked process ends by exec, exit or _exit",
                        ::getpid(), rank_in_words()));
    } catch (...) {  // no memory for the text
    }
    ::_exit(failure);
}

std::string rank_in_words() {
    std::string words = fmt::format("rank {} on {}", worker_context.rank, host::name());
    if (task_context().running) words += fmt::format(", in item {},", task_context().item());
    return words;
}

}  // namespace hecaton::detail
