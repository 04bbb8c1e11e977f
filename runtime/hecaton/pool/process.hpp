// Process: a function in an operating-system process of its own, on one of a pool's ranks.
#pragma once

#include <chrono>
#include <hecaton/pool/pool.hpp>
#include <hecaton/survival/process_task.hpp>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace hecaton {

namespace detail {
struct ProcessState;
}

/// As in Python's multiprocessing. All members are for the root of the pool. The process is forked on the rank that is
/// next in turn, from the state that this rank was in when hecaton::run or hecaton::Environment started MPI: globals
/// have the values of that time, there is no MPI, no pool and no Shared value in it, and standard input is empty.
///
/// An exception that leaves the function is reported in one line on standard error, and the exit code is 1. The
/// destructor neither waits for the process nor ends it; the pool's join() (and its end) waits for all that still run,
/// its terminate() sends them SIGTERM, and SIGKILL a second later. A process never outlives its rank.
class Process {
  public:
    /// f(args...), not yet started. `f` and `args` are whatever Pool::apply takes, and are kept as they are now.
    template <class F, class... Args>
    Process(Pool& pool, F f, Args... args)
        : Process(pool, Encoded{detail::encode_process_task<F, detail::travels_as_t<Args>...>(
                            f, detail::travels_as_t<Args>(std::move(args))...)}) {}
    Process(Process&&) noexcept;
    Process& operator=(Process&&) noexcept;
    ~Process();

    /// The name for messages, "Process-1", "Process-2" and so on unless one is given before start().
    const std::string& name() const noexcept { return name_; }
    Process& name(std::string text);

    /// Starts it and waits until it has a process id. Throws UsageError when it was started before, in a task, on
    /// another rank than the root, and where the program initialised MPI itself; PoolClosed after Pool::close();
    /// ProcessError, with the system's reason, when the rank could not fork.
    void start();
    /// Waits until it has ended. As all members below: UsageError before start().
    void join();
    /// The same for that long at most; returns whether it has ended.
    bool join(std::chrono::duration<double> longest);
    bool is_alive() const;
    /// SIGTERM. Does not wait; nothing happens when the process has ended.
    void terminate();
    /// SIGKILL, likewise.
    void kill();

    /// The process id, on its host.
    int pid() const;
    /// The rank, in the pool's communicator, that it was forked on.
    int rank() const;
    /// The name of that rank's host.
    const std::string& host() const;
    /// Nothing as long as it runs or was not started; then its exit status, or -n when signal n has ended it.
    std::optional<int> exit_code() const;

  private:
    struct Encoded {
        detail::Buffer bytes;
    };
    Process(Pool& pool, Encoded task);
    bool join_by(detail::Deadline deadline);
    void signal(int signo, const char* call);
    const detail::ProcessState& started(const char* call) const;

    std::shared_ptr<detail::PoolState> pool_;
    std::shared_ptr<detail::ProcessState> state_;
    std::shared_ptr<const detail::Buffer> task_;
    std::string name_;
};

}  // namespace hecaton
