// Runs the engine's command, looks after its ranks, and waits until all have ended.
#pragma once

#include <hecaton/launch/command.hpp>
#include <string>
#include <vector>

#include <launcher/base/options.hpp>
#include <launcher/base/refusal.hpp>
#include <launcher/link/messages.hpp>
#include <launcher/program/mpi_library.hpp>
#include <launcher/supervision/output.hpp>

namespace hecaton::launcher {

/// A run, as plan and options want it.
struct Supervision {
    detail::launch::Command command = {};        ///< starts shims around the ranks
    detail::launch::Variables environment = {};  ///< of this process
    RunOptions options = {};
    int ranks = 0;                            ///< 0: not known beforehand
    bool other_machines = false;              ///< ranks may come from there
    std::vector<std::string> addresses = {};  ///< of this machine, as the others see it
    std::string engine = {};                  ///< its name, for the user
    Mpi family = Mpi::none;                   ///< of the engine; none: it goes with any
    Linked program = {};                      ///< the program's MPI, as its file shows it
};

/// Runs the command with this process's standard streams and returns the exit status: 0 only when every rank ended well
/// and finished, else the first failing rank's, or 128+n where signal n ended that rank or made us end the job; 124
/// after the time limit. When this returns, no process of the command is left running here.
///
/// A first SIGINT, SIGTERM or SIGHUP goes to the ranks, and those that still run after the grace are killed; after a
/// second one they are killed at once. SIGUSR1 and SIGUSR2 go to the ranks. Throws std::system_error where no process
/// can be started, and Refusal where the files of --output-dir cannot be made.
int supervise(const Supervision& what, Output& output);

}  // namespace hecaton::launcher
