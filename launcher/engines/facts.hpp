// The facts that a plan depends on besides the options.
#pragma once

#include <hecaton/launch/command.hpp>
#include <string>

#include <launcher/base/options.hpp>
#include <launcher/engines/limits.hpp>
#include <launcher/program/mpi_library.hpp>
#include <launcher/program/runnable.hpp>

namespace hecaton::launcher {

/// This machine, the launchers in PATH, and the program's file.
struct PlanFacts {
    detail::launch::MachineFacts machine = {};  ///< with Open MPI's mpirun
    std::string hydra = {};                     ///< MPICH's mpiexec; empty where there is none
    std::string srun = {};                      ///< empty where there is none
    Linked linked = {};                         ///< the program's MPI, or that of the program it wraps
    Unfit unfit = {};                           ///< why the kernel or the loader does not run the program here
    Limits limits = {};                         ///< of this machine
    bool temporary_usable = true;               ///< TMPDIR is not set, or a folder that can be written to
};

/// Looks at the machine, and at options.program as the ranks would find it: with their variables, in their folder.
/// Throws Refusal as detail::launch::machine_facts() does.
PlanFacts plan_facts(const RunOptions& options, Look look = Look::quick);

}  // namespace hecaton::launcher
