// The zygote of a rank: a small single-threaded process, forked before MPI starts, that forks the Processes and the
// sandboxes.
//
// A rank itself cannot fork well: it has threads, and MPI's memory and connections. The zygote has none of these, so a
// child of it may do what any program does. It sees globals as they were when the zygote was made. The zygote is the
// parent that waits for its children, so all signals to them go through it: it alone knows which process ids are still
// theirs. It ends with its rank, however that ends, and its children end with it.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <hecaton/foundation/descriptor.hpp>
#include <mutex>
#include <optional>
#include <span>
#include <string_view>

namespace hecaton::detail {

struct SandboxStart;

class Zygote {
  public:
    /// Forks it. To be called on the main thread, while there is no other. `initializer` is for sandboxes, which have
    /// the copy that the zygote has. Throws std::system_error.
    explicit Zygote(const std::function<void()>& initializer = {});
    /// Ends it, and with it all its processes.
    ~Zygote();
    Zygote(const Zygote&) = delete;
    Zygote& operator=(const Zygote&) = delete;

    /// Asks for a process that runs `task` (encode_process_task) as `name` on that rank of a pool of that size. `id` is
    /// the caller's, and not in use. Any thread; waits until the zygote has taken the bytes in, so a thread must be
    /// reading the replies. False when the zygote is gone.
    bool start(std::uint64_t id, int rank, int size, std::string_view name, std::span<const std::byte> task);
    /// Asks for a sandbox, which talks over its copy of `socket` (sandbox_wire.hpp). Otherwise as start().
    bool start_sandbox(std::uint64_t id, int socket, const SandboxStart& start);
    /// Sends the process a signal, unless it has ended; a sandbox's children get it too. Any thread.
    void signal(std::uint64_t id, int signo);

    struct Reply {
        enum class What : std::uint32_t {
            started,  ///< value: its process id
            failed,   ///< value: errno of the fork; the process never was
            ended,    ///< value: its wait status
        };
        What what{};
        std::int32_t value = 0;
        std::uint64_t id = 0;
    };
    /// Waits for the next reply; one thread at a time. Empty: the zygote is gone, and so are its processes.
    std::optional<Reply> next_reply();

    /// Makes next_reply() return nothing, after the replies that are under way, and ends the processes. Any thread.
    void close() noexcept;

    pid_t pid() const noexcept { return pid_; }
    /// Of the process that it belongs to.
    pid_t rank_pid() const noexcept { return rank_pid_; }

  private:
    std::mutex sending_;
    Descriptor socket_;
    pid_t pid_ = -1;
    pid_t rank_pid_ = -1;
};

/// Makes this rank's zygote, with an initializer for its sandboxes. False when it has one already, and when that fails:
/// the program goes on without, and the_zygote() is null. None is made where other threads run already, unless
/// HECATON_FORK_WITH_THREADS=1: a lock that one of them holds at that moment would be held for ever in all of its
/// processes.
bool make_zygote(const std::function<void()>& initializer = {}) noexcept;
/// This rank's zygote; null where there is none.
Zygote* the_zygote() noexcept;
/// Why there is none, and what to do.
const std::string& why_no_zygote();
/// Ends this rank's zygote and waits until it has, so that nothing is left when the rank is gone.
void end_zygote() noexcept;

/// True in a process that a zygote has forked, a sandbox included.
bool inside_process() noexcept;

}  // namespace hecaton::detail
