// The MPI that a program is linked with.
#pragma once

#include <hecaton/launch/environment.hpp>
#include <string>
#include <vector>

#include <launcher/program/elf.hpp>

namespace hecaton::launcher {

/// The MPI of a program. either: the standard ABI, which more than one MPI provides. unknown: a script or a program
/// linked statically, which may use any.
enum class Mpi { none, open_mpi, mpich, either, unknown };

/// The MPI library in a program's file.
struct Linked {
    Mpi mpi = Mpi::none;
    int major = 0;             ///< Open MPI's: 4, 5; 0 where it does not show
    std::string library = {};  ///< the file of the MPI library, or its name where the loader would not find it
    bool missing = false;      ///< the loader would not find the MPI library
};

/// "Open MPI 4", "MPICH"; empty for none and unknown.
std::string name(const Linked& linked);

/// From the list of a program's libraries. Pure.
Linked linked_mpi(const std::vector<Library>& libraries);

/// The same for the file `program`, whose libraries are given, or are looked for with `environment`.
Linked linked_mpi(const std::string& program, const std::vector<Library>& libraries);
Linked linked_mpi(const std::string& program, const detail::launch::Variables& environment);

}  // namespace hecaton::launcher
