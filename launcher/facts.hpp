// What a plan depends on besides the options.
#pragma once

#include <hecaton/transport/launch_command.hpp>
#include <string>

#include "limits.hpp"
#include "mpi_library.hpp"

namespace hecaton::launcher {

/// This machine, the launchers in PATH, and the program's file.
struct Facts {
    launch::Facts machine = {};    ///< with Open MPI's mpirun
    std::string hydra = {};        ///< MPICH's mpiexec; empty where there is none
    std::string srun = {};         ///< empty where there is none
    Linked linked = {};            ///< the program's MPI
    Limits limits = {};            ///< of this machine
    bool temporary_usable = true;  ///< TMPDIR is not set, or a folder that can be written to
};

/// Looks; `program` is a path. Throws UsageError as launch::facts() does.
Facts facts(const std::string& program);

}  // namespace hecaton::launcher
