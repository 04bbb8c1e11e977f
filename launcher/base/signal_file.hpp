// Signals of this process as a file to poll and read.
#pragma once

#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <hecaton/foundation/descriptor.hpp>
#include <optional>
#include <vector>

namespace hecaton::launcher {

class SignalFile {
  public:
    /// From now on these signals are blocked in this thread, and come here.
    explicit SignalFile(const std::vector<int>& signals) {
        sigset_t set;
        ::sigemptyset(&set);
        for (const int signal : signals) ::sigaddset(&set, signal);
        ::sigprocmask(SIG_BLOCK, &set, &before_);
        file_.reset(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
    }

    int get() const { return file_.get(); }
    /// The thread's mask as it was before.
    const sigset_t& mask_before() const { return before_; }
    /// The next signal that has come; nothing where none has.
    std::optional<int> next() {
        signalfd_siginfo info{};
        if (::read(file_.get(), &info, sizeof info) <= 0) return std::nullopt;
        return static_cast<int>(info.ssi_signo);
    }

  private:
    sigset_t before_{};
    detail::Descriptor file_;
};

}  // namespace hecaton::launcher
