#include <unistd.h>

#include <atomic>
#include <csignal>
#include <hecaton/survival/interrupts.hpp>
#include <hecaton/tasks/task_page.hpp>
#include <mutex>

namespace hecaton::detail {
namespace {

struct Interrupts {
    std::mutex mutex;  // guards the disposition of SIGINT
    int keepers = 0;
    std::atomic<int> noted{0};
    std::atomic<bool> kept{false};
    std::atomic<bool> used{false};  // the next one is not the first
};

Interrupts interrupts;  // constant-initialised: the handlers may run at any time
static_assert(std::atomic<int>::is_always_lock_free && std::atomic<bool>::is_always_lock_free);

void tell_launcher(pid_t process) noexcept {
    if (TaskPage* const page = own_task_page()) page->takes_interrupt.store(process);
}

// The next SIGINT ends the process: this is all that the first one changes outside of this file.
void note(int signo) {
    ::signal(signo, SIG_DFL);
    tell_launcher(0);
    interrupts.kept.store(false);
    interrupts.used.store(true);
    interrupts.noted.fetch_add(1);
}

void ignore_once(int signo) { ::signal(signo, SIG_DFL); }

bool has_handler(void (*handler)(int)) {
    struct sigaction now {};
    return ::sigaction(SIGINT, nullptr, &now) == 0 && (now.sa_flags & SA_SIGINFO) == 0 && now.sa_handler == handler;
}

void install(void (*handler)(int)) {
    struct sigaction action {};
    action.sa_handler = handler;
    action.sa_flags = SA_RESTART;  // tasks do not notice it
    ::sigemptyset(&action.sa_mask);
    ::sigaction(SIGINT, &action, nullptr);
}

}  // namespace

KeepInterrupt::KeepInterrupt() {
    const std::lock_guard lock(interrupts.mutex);
    if (interrupts.keepers++ != 0 || interrupts.used.load()) return;
    if (!has_handler(SIG_DFL) && !has_handler(&ignore_once)) return;
    interrupts.kept.store(true);
    install(&note);
    tell_launcher(::getpid());
}

KeepInterrupt::~KeepInterrupt() {
    const std::lock_guard lock(interrupts.mutex);
    if (--interrupts.keepers != 0 || !has_handler(&note)) return;
    tell_launcher(0);
    ::signal(SIGINT, SIG_DFL);
    interrupts.kept.store(false);
}

int noted_interrupts() noexcept { return interrupts.noted.load(std::memory_order_relaxed); }
bool keeps_interrupt() noexcept { return interrupts.kept.load(std::memory_order_relaxed); }

void outlive_interrupt() {
    static std::atomic<bool> once{false};
    if (own_task_page() != nullptr || once.exchange(true)) return;
    const std::lock_guard lock(interrupts.mutex);
    if (has_handler(SIG_DFL)) install(&ignore_once);
}

void forget_interrupts() { interrupts.used.store(false); }

}  // namespace hecaton::detail
