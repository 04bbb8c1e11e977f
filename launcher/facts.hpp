// What a plan depends on besides the options.
#pragma once

#include <hecaton/transport/launch_command.hpp>
#include <string>
#include <vector>

#include "limits.hpp"
#include "mpi_library.hpp"
#include "options.hpp"
#include "runnable.hpp"

namespace hecaton::launcher {

/// This machine, the launchers in PATH, and the program's file.
struct Facts {
    launch::Facts machine = {};    ///< with Open MPI's mpirun
    std::string hydra = {};        ///< MPICH's mpiexec; empty where there is none
    std::string srun = {};         ///< empty where there is none
    Linked linked = {};            ///< the program's MPI
    Unfit unfit = {};              ///< why kernel or loader do not run the program here
    Limits limits = {};            ///< of this machine
    bool temporary_usable = true;  ///< TMPDIR is not set, or a folder that can be written to
};

/// Looks, at the program as the ranks would find it: with their variables, in their folder. Throws UsageError as
/// launch::facts() does.
Facts facts(const RunOptions& options, Look look = Look::quick);

/// The MPI to choose a launcher by: the program's, or, where it has none and may stand in front of another (env, nice,
/// gdb), that of a program of MPICH among the first `args` that could be one. Without it Open MPI's mpirun would start
/// that one, and each rank be alone.
Linked linked_behind(const Facts& facts, const std::vector<std::string>& args);

}  // namespace hecaton::launcher
