// MPI from its initialisation to its end, once in a process.
#pragma once

#include <functional>
#include <hecaton/transport/communicator.hpp>
#include <vector>

namespace hecaton::detail {

/// Launches the program again where no launcher started it (launch/self_launch.hpp), and initialises MPI unless the
/// program has done so. MPI that was initialised here is finalised when the process exits, not before, so this may be
/// called again. `processes` is the number of ranks that a self-launch starts, 0 for all cores; `initializer` is for
/// sandboxes. Returns whether sandboxes will run it, which they cannot when MPI was initialised before. Throws
/// UsageError when the world has not as many ranks as the launcher started: the launcher is of another MPI.
bool start_mpi(int argc, char** argv, int processes, const std::function<void()>& initializer = {});

/// Throws UsageError, naming `what`, unless MPI is initialised and not yet finalised.
void require_mpi(const char* what);

/// Whether MPI was initialised here, and not by the program.
bool mpi_is_ours();

/// True on the one rank that reports errors common to all ranks, also before MPI is initialised.
bool speaks_for_all();

/// True when any thread may call MPI at any time.
bool mpi_is_threaded();

/// This process is a rank, in which MPI is up: processes that the program forks from it are copies of it, and calls
/// that end MPI too early are reported. Can be repeated.
void become_rank();

/// Whether an ExitHook of this process still needs MPI.
bool pool_is_open() noexcept;

/// Ends all ranks of the job at once, with this exit status, after standard output has been flushed.
[[noreturn]] void abort_job(int status);

/// Makes the end of this process end the whole job instead of waiting for the other ranks: they may never come.
void abort_at_exit(int status);

/// These ranks of the world have died, and this process goes on without them: it leaves without MPI_Finalize, which
/// would wait for them. All ranks that are left say the same.
void note_lost_ranks(const std::vector<int>& ranks);

/// Throws UsageError, naming `what`, where the communicator has a rank that is lost: it would be waited for.
void refuse_lost_ranks(const char* what, MPI_Comm communicator);

/// The world without them; a new communicator where there are any. Collective over the ranks that are left.
MPI_Comm surviving_world();

/// An activity that has to end before MPI is finalised, when the process exits in the middle of it.
class ExitHook {
  public:
    ExitHook();
    virtual ~ExitHook();
    ExitHook(const ExitHook&) = delete;
    ExitHook& operator=(const ExitHook&) = delete;
    /// Called when the process exits with `status` while this object is alive.
    virtual void process_exits(int status) noexcept = 0;
    /// Whether it still needs MPI.
    virtual bool open() const noexcept = 0;
};

}  // namespace hecaton::detail
