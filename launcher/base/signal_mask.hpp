// Which signals reach this process.
#pragma once

#include <signal.h>

#include <initializer_list>

namespace hecaton::launcher {

/// From now on no signal that another process sends to this thread ends, stops or interrupts it, except SIGKILL and
/// SIGSTOP. Faults of the thread's own still do. Returns the mask as it was.
inline sigset_t block_signals() {
    sigset_t all;
    sigset_t before;
    ::sigfillset(&all);
    for (const int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS}) ::sigdelset(&all, fault);
    ::sigprocmask(SIG_SETMASK, &all, &before);
    return before;
}

inline void unblock_signal(int signal) {
    sigset_t one;
    ::sigemptyset(&one);
    ::sigaddset(&one, signal);
    ::sigprocmask(SIG_UNBLOCK, &one, nullptr);
}

}  // namespace hecaton::launcher
