// Loaded before a program: its threads are late when poll() has told them of something. They compute for 200 ms then,
// as if they had no core for so long. With Open MPI 4 that is the thread which ends the work of MPI_Init.
#include <dlfcn.h>
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <chrono>

extern "C" int poll(pollfd* files, nfds_t count, int milliseconds) {
    using Poll = int (*)(pollfd*, nfds_t, int);
    static const auto next = reinterpret_cast<Poll>(::dlsym(RTLD_NEXT, "poll"));
    const int told = next(files, count, milliseconds);
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(200);
    if (::syscall(SYS_gettid) != ::getpid())
        while (std::chrono::steady_clock::now() < end) {
        }
    return told;
}
