// Runs the engine's command, looks after its ranks, and waits until all have ended.
#pragma once

#include <functional>
#include <hecaton/launch/command.hpp>
#include <string>
#include <vector>

#include <launcher/base/options.hpp>
#include <launcher/base/refusal.hpp>
#include <launcher/base/run_end.hpp>
#include <launcher/engines/layout.hpp>
#include <launcher/link/messages.hpp>
#include <launcher/live/live.hpp>
#include <launcher/program/mpi_library.hpp>
#include <launcher/supervision/output.hpp>

namespace hecaton::launcher {

/// A run, as plan and options want it.
struct Supervision {
    detail::launch::Command command = {};        ///< starts shims around the ranks
    detail::launch::Variables environment = {};  ///< of this process
    RunOptions options = {};
    int ranks = 0;                                         ///< 0: not known beforehand
    bool other_machines = false;                           ///< ranks may come from there
    bool binds_to_cores = false;                           ///< the engine does so, and knows nothing of other runs
    Layout layout = {};                                    ///< of the ranks on the nodes
    std::vector<std::string> addresses = {};               ///< of this machine, as the others see it
    std::string engine = {};                               ///< its name, for the user
    Mpi family = Mpi::none;                                ///< of the engine; none: it goes with any
    std::function<void(const link::Progress&)> told = {};  ///< gets the progress of rank 0 now and then; may be empty
    Watcher watcher = {};                                  ///< who wants to know how it goes
    Linked program = {};                                   ///< the program's MPI, as its file shows it
};

/// Runs the command with this process's standard streams and returns how it went. The exit status is 0 only when every
/// rank ended well and finished, else the first failing rank's, or 128+n where signal n ended that rank or made us end
/// the job; 124 after the time limit, 75 where the job's time is over and it should run again. When this returns, no
/// process of the command is left running here.
///
/// A first SIGINT is offered to the ranks: it ends no run in which one takes it. Else, and of the second on: a
/// first SIGINT, SIGTERM or SIGHUP goes to the ranks, and those that still run after the grace are killed; after a
/// second one they are killed at once. SIGUSR1 says what the ranks do, and goes to those that handle it.
/// SIGUSR2 goes to the ranks, and warns them of the job's end. Throws std::system_error where no process
/// can be started, and Refusal where the files of --output-dir cannot be made.
RunEnd supervise(const Supervision& what, Output& output);

}  // namespace hecaton::launcher
