// The one place that knows how to start N ranks of a program on Open MPI; the launcher and self-launch both ask it.
#pragma once

#include <hecaton/launch/allocation.hpp>
#include <hecaton/launch/environment.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hecaton::detail::launch {

/// A larger number of ranks is a typing error.
inline constexpr int most_ranks = 1'000'000;

/// A machine that is reached over ssh, and the number of ranks that it is meant for.
struct Host {
    std::string name;
    int slots = 1;
    bool operator==(const Host&) const = default;
};

/// The part of a node that each rank is bound to. automatic: as many cores as it has threads, where these are several,
/// else none.
enum class Bind { automatic, none, core, numa, socket };

/// The ranks to be started.
struct Request {
    int ranks = 0;        ///< 0: one for each core here, or all slots of the allocation or the hosts
    std::string program;  ///< a path; a name without a slash is looked up by mpirun
    std::vector<std::string> args = {};
    std::vector<Host> hosts = {};  ///< over ssh, or nodes of the allocation; empty: here, or the allocation
    int ranks_per_node = 0;        ///< 0: as many as it has slots
    int threads = 0;               ///< of each rank; 0: not known
    Bind bind = Bind::automatic;
    bool by_agent = false;  ///< mpirun is told a way to the job's nodes, and need not know the batch system
    std::string wdir = {};  ///< the folder of the ranks; empty: that of mpirun
    std::vector<std::string> exported = {};                             ///< variables that ranks on other nodes get too
    std::vector<std::pair<std::string, std::string>> environment = {};  ///< of the ranks alone, through env
    std::vector<std::string> options = {};                              ///< further ones for mpirun
};

/// The facts that the command depends on.
struct MachineFacts {
    std::string name = {};             ///< of this machine; empty where it does not matter
    int cores = 1;                     ///< that this process may use
    bool root = false;                 ///< running as the super user, whom Open MPI refuses unless it is told otherwise
    bool homeless = false;             ///< as homeless() says
    bool copy_allowed = true;          ///< one process may read another's memory (a container may forbid it)
    std::string mpirun = {};           ///< the file; empty where PATH has none
    int open_mpi_major = 0;            ///< 4, 5, ...; 0 when `mpirun` is not Open MPI's
    Allocation allocation = {};        ///< of the batch system
    std::vector<Host> job_nodes = {};  ///< of the allocation; empty where they are not known
    Variables environment = {};        ///< of this process; PATH is always in it
};

/// The MPI that a launcher belongs to.
enum class Family { unknown, open_mpi, hydra };

/// A launcher and its family; `major` is Open MPI's: 4, 5, ...
struct Starter {
    std::string file = {};
    Family family = Family::unknown;
    int major = 0;
};

/// The first file of that name in `path`, which has the form of PATH, that can be executed; empty where there is none.
std::string find_in_path(std::string_view path, const std::string& name);

/// Looks at the file's name with links resolved, and runs the file with --version only where the name does not tell.
Starter identify(const std::string& file);

/// This machine and this process's environment, without mpirun. Throws Refusal as allocation() does.
MachineFacts this_machine();

/// Looks for Open MPI's mpirun.
void find_mpirun(MachineFacts& facts);

/// HOME is not set, and the user has no entry that names a folder, as in a container. PMIx, and with it mpirun and
/// MPI_Init, dies of SIGSEGV then.
bool homeless();

/// Both.
MachineFacts machine_facts();

/// A command to be run as it is, with no shell in between.
struct Command {
    std::vector<std::string> argv = {};                                 ///< argv[0] is the file to execute
    std::vector<std::pair<std::string, std::string>> environment = {};  ///< to add to the environment
    std::vector<std::string> scrub = {};                                ///< to remove from it, before adding
    std::vector<std::string> notes = {};                                ///< lines to print, once
    std::string crowded = {};  ///< the line about ranks that share cores, where the launcher should print it
    int expected_ranks = 0;    ///< the size that the world must have; 0 where it is not known beforehand
};

/// Where ranks may run: on this machine, on the hosts of the request, or on the nodes of the batch job.
enum class Where { here, hosts, allocation };

/// The nodes, and the ranks that they are meant for; 0 where a number is not known.
struct Places {
    Where where = Where::here;
    int nodes = 1;
    int slots = 0;
};

Places places(const Request& request, const MachineFacts& facts);

/// The number of ranks of `request`: what it asks for, else what it asks for on each node, else the slots of the hosts
/// or of the allocation (0 where they are not known), else the cores, shared among the threads of each rank.
int ranks(const Request& request, const MachineFacts& facts);

/// The command for `request`. Pure. Throws Refusal, with one line that says what to do, where it must not or cannot
/// be run: no Open MPI, a number of ranks that cannot be, an allocation that this Open MPI does not know how to use.
///
/// The ranks find HECATON_EXPECTED_SIZE in their environment: expected_ranks, where 0 means any.
Command command(const Request& request, const MachineFacts& facts);

/// The line that says that `count` ranks of `threads` threads share `cores` cores.
std::string crowded_note(int count, int threads, int cores);

/// True when ranks may run on another node than this one, or on several.
bool many_nodes(const Request& request, const MachineFacts& facts);

/// The program with its variables and its arguments, as mpirun and mpiexec take them. They read a lone colon as the
/// start of another program.
std::vector<std::string> program_words(const Request& request);

/// One word for a POSIX shell: quoted where it has to be.
std::string shell_quoted(std::string_view word);

/// The whole command as one line to paste into a shell, with the variables that it removes and adds.
std::string shell_quoted(const Command& command);

/// The environment for the command, as execve() takes it: `environment` without what is removed, with what is added.
std::vector<std::string> environment_strings(const Command& command, const Variables& environment);

}  // namespace hecaton::detail::launch
