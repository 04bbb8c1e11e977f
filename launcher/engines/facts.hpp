// The facts that a plan depends on besides the options.
#pragma once

#include <hecaton/launch/command.hpp>
#include <string>
#include <vector>

#include <launcher/base/gpus.hpp>
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
    std::vector<std::string> agent = {};        ///< to the job's nodes in place of ssh; empty: the engine knows the way
    Linked linked = {};                         ///< the program's MPI, or that of the program it wraps
    bool threads = false;                       ///< the program has OpenMP or a BLAS that starts threads
    Unfit unfit = {};                           ///< why the kernel or the loader does not run the program here
    Limits limits = {};                         ///< of this machine
    Gpus gpus = {};                             ///< that ranks on this machine may use
    bool temporary_usable = true;               ///< TMPDIR is not set, or a folder that can be written to
};

/// Looks at the machine, and at options.program as the ranks would find it: with their variables, in their folder.
/// Throws Refusal as detail::launch::machine_facts() does.
PlanFacts plan_facts(const RunOptions& options, Look look = Look::quick);

}  // namespace hecaton::launcher
