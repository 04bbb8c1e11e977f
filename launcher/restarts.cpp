#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <hecaton/foundation/host.hpp>
#include <hecaton/foundation/log.hpp>
#include <sstream>
#include <thread>

#include <launcher/restarts.hpp>

namespace hecaton::launcher {
namespace {

// So often is a job started again without being asked, where it ended before anything had begun.
constexpr int most_unasked = 3;

// "PID BEFORE UNASKED BEGUN RUN", BEGUN in nanoseconds since 1970, from one start to the next. The process id stays the
// same; that of another process means nothing.
constexpr const char* variable = "HECATON_RESTARTED";

}  // namespace

Restarts::Restarts(char** argv)
    : argv_(argv),
      run_(fmt::format("{}:{}:{:x}", detail::host::name(), ::getpid(), begun_.time_since_epoch().count())) {
    ::sigprocmask(SIG_SETMASK, nullptr, &mask_);
    input_ = ::lseek(STDIN_FILENO, 0, SEEK_CUR);
    const char* const text = std::getenv(variable);
    if (text == nullptr) return;
    const std::string told = text;
    ::unsetenv(variable);
    std::istringstream words(told);
    pid_t pid = 0;
    int before = 0;
    int unasked = 0;
    std::chrono::system_clock::rep begun = 0;
    std::string run;
    if (!(words >> pid >> before >> unasked >> begun >> run) || pid != ::getpid()) return;
    before_ = before;
    unasked_ = unasked;
    begun_ = std::chrono::system_clock::time_point(std::chrono::system_clock::duration(begun));
    run_ = run;
}

void Restarts::tell(RunOptions& options) const {
    options.restarted = before_ + unasked_;
    options.limits.begun = begun_;
    if (options.restarts > 0) options.kept.run = fmt::format("{} {}", run_, before_);
}

void Restarts::again(const RunOptions& options, const RunEnd& end) const {
    if (!end.death) return;
    const bool read_again = input_ >= 0 && ::lseek(STDIN_FILENO, input_, SEEK_SET) >= 0;
    const bool whole_input = read_again || ::isatty(STDIN_FILENO) != 0;
    if (!end.begun && unasked_ < most_unasked && (whole_input || !end.input_read)) {
        detail::log::line("nothing of the program had begun: the job starts again");
        return start(before_, unasked_ + 1);
    }
    if (before_ >= options.restarts) return;
    const std::string& journal = options.kept.journal;
    detail::log::line(fmt::format("restart {} of {}: {}{}", before_ + 1, options.restarts,
                                  journal.empty() ? "everything runs again (--journal would keep what has finished)"
                                                  : journal + " has what has finished, and the rest runs",
                                  whole_input ? "" : "; standard input is not given again, since it is no file"));
    // Not at once where it dies again and again.
    std::this_thread::sleep_for(std::min(before_ * before_, 10) * std::chrono::seconds(1));
    start(before_ + 1, unasked_);
}

void Restarts::start(int before, int unasked) const {
    ::setenv(
        variable,
        fmt::format("{} {} {} {} {}", ::getpid(), before, unasked, begun_.time_since_epoch().count(), run_).c_str(), 1);
    ::sigprocmask(SIG_SETMASK, &mask_, nullptr);
    ::execv("/proc/self/exe", argv_);
    detail::log::line("the job cannot be started again");
}

}  // namespace hecaton::launcher
