// The one place that knows how to start N ranks of a program on Open MPI; the launcher and self-launch both ask it.
#pragma once

#include <hecaton/transport/launch_allocation.hpp>
#include <hecaton/transport/launch_environment.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hecaton::launch {

/// Nobody means to start more ranks than this; a number above it is a typing error.
inline constexpr int most_ranks = 1'000'000;

/// What is to be started.
struct Request {
    int ranks = 0;        ///< 0: one for each core here, or all slots of the allocation
    std::string program;  ///< a path; a name without a slash is looked up by mpirun
    std::vector<std::string> args = {};
    bool stdin_from_null = false;  ///< rank 0 finds its standard input empty
};

/// What the command depends on.
struct Facts {
    int cores = 1;               ///< that this process may use
    bool root = false;           ///< running as the super user, whom Open MPI refuses unless told otherwise
    bool copy_allowed = true;    ///< one process may read another's memory (a container may forbid it)
    std::string mpirun = {};     ///< the file; empty where PATH has none
    int open_mpi_major = 0;      ///< 4, 5, ...; 0 when `mpirun` is not Open MPI's
    Allocation allocation = {};  ///< of the batch system
    Variables environment = {};  ///< of this process
};

/// This machine and this process's environment. Throws UsageError as allocation() does.
Facts facts();

/// A command to be run as it is, with no shell in between.
struct Command {
    std::vector<std::string> argv = {};                                 ///< argv[0] is the file to execute
    std::vector<std::pair<std::string, std::string>> environment = {};  ///< to add to the environment
    std::vector<std::string> scrub = {};                                ///< to remove from it, before adding
    std::vector<std::string> notes = {};                                ///< lines to say, once
    int expected_ranks = 0;        ///< the size that the world must have; 0 where it is not known beforehand
    bool stdin_from_null = false;  ///< standard input is to be /dev/null
};

/// How many ranks `request` comes to: what it asks for, else the slots of the allocation (0 where they are not known),
/// else the cores.
int ranks(const Request& request, const Facts& facts);

/// The command for `request`. Pure. Throws UsageError, with one line that says what to do, where it must not or cannot
/// be run: no Open MPI, a number of ranks that cannot be, an allocation that this Open MPI does not know how to use.
///
/// The ranks find HECATON_EXPECTED_SIZE in their environment: expected_ranks, where 0 means any.
Command command(const Request& request, const Facts& facts);

/// One word for a POSIX shell: quoted where it has to be.
std::string shell_quoted(std::string_view word);

/// The whole command as one line to paste into a shell, with the variables that it removes and adds.
std::string shell_quoted(const Command& command);

/// The environment for the command, as execve() takes it: `environment` without what is removed, with what is added.
std::vector<std::string> environment_strings(const Command& command, const Variables& environment);

}  // namespace hecaton::launch
