#include <dlfcn.h>
#include <execinfo.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <hecaton/foundation/stack_watch.hpp>

namespace hecaton::detail {
namespace {

constexpr std::size_t handler_stack = std::size_t{64} * 1024;
// The kernel keeps a main thread's stack away from what lies below it, by a megabyte.
constexpr std::uintptr_t gap = std::uintptr_t{1024 + 64} * 1024;
// A function's first access may be this far below the stack pointer, or a little above it.
constexpr std::uintptr_t reach = std::uintptr_t{64} * 1024;

StackNote* stack_note = nullptr;
pid_t watched_process = 0;
struct sigaction action_before {};
thread_local constinit std::uintptr_t lowest_address = 0;  // of this thread's stack; 0: not known

// The stack pointer where the signal came; 0 on processors for which it is not known here.
std::uintptr_t stack_pointer([[maybe_unused]] const void* context) {
#if defined(__x86_64__)
    return static_cast<std::uintptr_t>(static_cast<const ucontext_t*>(context)->uc_mcontext.gregs[REG_RSP]);
#elif defined(__aarch64__)
    return static_cast<std::uintptr_t>(static_cast<const ucontext_t*>(context)->uc_mcontext.sp);
#else
    return 0;
#endif
}

// A wild pointer that leads there by chance does not count: the stack has to be used up so far, too.
bool is_full(const siginfo_t& signal, const void* context) {
    if (lowest_address == 0) return false;
    const auto address = reinterpret_cast<std::uintptr_t>(signal.si_addr);
    const auto pointer = stack_pointer(context);
    if (pointer == 0) return address < lowest_address + gap && address + gap > lowest_address;
    return address < lowest_address + gap && address + reach > pointer;
}

void on_fault(int number, siginfo_t* signal, void* context) {
    const int saved = errno;
    const bool fault = signal->si_code > 0;
    if (fault && is_full(*signal, context) && ::getpid() == watched_process) stack_note->store(watched_process);
    ::sigaction(number, &action_before, nullptr);
    // A fault comes again by itself. What another process or raise() has sent does not.
    if (!fault) ::syscall(SYS_rt_tgsigqueueinfo, ::getpid(), ::gettid(), number, signal);
    errno = saved;
}

// Those of Open MPI, and of UCX, which it may use, print a backtrace, and the process ends.
bool only_tells(const struct sigaction& action) {
    Dl_info found{};
    const bool handler = (action.sa_flags & SA_SIGINFO) != 0;
    const void* const address = handler ? reinterpret_cast<const void*>(action.sa_sigaction) : nullptr;
    if (!handler || ::dladdr(address, &found) == 0 || found.dli_fname == nullptr) return false;
    return std::strstr(found.dli_fname, "libopen-pal") != nullptr || std::strstr(found.dli_fname, "libucs") != nullptr;
}

}  // namespace

void watch_for_full_stacks(StackNote* note) noexcept {
    if (note == nullptr || watched_process == ::getpid()) return;
    if (::sigaction(SIGSEGV, nullptr, &action_before) != 0) return;
    const bool none = (action_before.sa_flags & SA_SIGINFO) == 0 && action_before.sa_handler == SIG_DFL;
    if (!none && !only_tells(action_before)) return;
    stack_note = note;
    watched_process = ::getpid();
    struct sigaction ours {};
    ours.sa_sigaction = &on_fault;
    ours.sa_flags = SA_SIGINFO | SA_ONSTACK;
    ::sigaction(SIGSEGV, &ours, nullptr);
}

void prepare_backtraces() noexcept {
    void* frame = nullptr;
    ::backtrace(&frame, 1);
}

StackWatch::StackWatch() noexcept {
    if (stack_note == nullptr) return;
    stack_t now{};
    if (::sigaltstack(nullptr, &now) != 0 || (now.ss_flags & SS_DISABLE) == 0) return;
    pthread_attr_t attributes;
    if (::pthread_getattr_np(::pthread_self(), &attributes) != 0) return;
    void* lowest = nullptr;
    std::size_t size = 0;
    ::pthread_attr_getstack(&attributes, &lowest, &size);
    ::pthread_attr_destroy(&attributes);
    void* const memory =
        ::mmap(nullptr, handler_stack, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) return;
    const stack_t second{.ss_sp = memory, .ss_flags = 0, .ss_size = handler_stack};
    if (::sigaltstack(&second, nullptr) != 0) {
        ::munmap(memory, handler_stack);
        return;
    }
    memory_ = memory;
    lowest_address = reinterpret_cast<std::uintptr_t>(lowest);
}

StackWatch::~StackWatch() {
    if (memory_ == nullptr) return;
    lowest_address = 0;
    const stack_t none{.ss_sp = nullptr, .ss_flags = SS_DISABLE, .ss_size = 0};
    ::sigaltstack(&none, nullptr);
    ::munmap(memory_, handler_stack);
}

}  // namespace hecaton::detail
