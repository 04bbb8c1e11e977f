// Subprocess: another program, started for what it prints and for how it ends.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <hecaton/foundation/descriptor.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace hecaton::detail {

/// The strings as execve() takes them; they have to outlive the result.
std::vector<char*> pointers(std::vector<std::string>& strings);

class Subprocess {
  public:
    static constexpr std::size_t usual_most = 1 << 20;

    /// Where its standard error goes.
    enum class Errors { pass_on, with_output, apart };

    struct Options {
        std::vector<std::string> argv = {};                        ///< argv[0] is a path, or a name to look up in PATH
        std::optional<std::vector<std::string>> environment = {};  ///< "NAME=VALUE"; nothing: that of this process
        std::string folder = {};                                   ///< where it runs; empty: here
        std::string input = {};                                    ///< what it finds on standard input
        Errors errors = Errors::pass_on;
        std::size_t most = usual_most;  ///< bytes to keep of each stream; it may print more
    };

    /// How it went, once it has been waited for.
    struct Result {
        int problem = 0;     ///< errno where it could not be started; the rest means nothing then
        bool late = false;   ///< it was still running at the time limit, and was killed
        int status = 0;      ///< exit status, or 128 + signal
        int signal = 0;      ///< that ended it; 0 for none
        std::string output;  ///< what it printed on standard output
        std::string error;   ///< what it printed on standard error, where that is kept apart
        std::optional<std::chrono::nanoseconds> heard;  ///< time from its start to its first output
    };

    /// One that was never started.
    Subprocess() = default;
    /// Starts it.
    explicit Subprocess(Options options);
    /// A child that this process has forked, with our end of its output.
    Subprocess(pid_t child, Descriptor output);
    /// Kills it where it is still running.
    ~Subprocess();
    Subprocess(Subprocess&& other) noexcept;
    Subprocess& operator=(Subprocess&&) = delete;

    /// Waits for all of them at the same time, and kills those that are still running after `limit`. Processes that one
    /// of them has left behind are not waited for, even where they hold its output open.
    static void wait(std::span<Subprocess> all, std::chrono::nanoseconds limit);

    const Result& result() const noexcept { return result_; }

    /// Starts one, and waits for it.
    static Result run(Options options, std::chrono::nanoseconds limit);

  private:
    using Clock = std::chrono::steady_clock;

    void watch();
    void take(Descriptor& from, std::string& to);
    bool reap(int flags);
    void finish();

    pid_t pid_ = 0;  // 0: not running
    Clock::time_point begun_{};
    std::size_t most_ = usual_most;
    Descriptor end_;  // readable once the process has ended; none on kernels before 5.3
    Descriptor output_;
    Descriptor error_;
    Result result_;
};

}  // namespace hecaton::detail
