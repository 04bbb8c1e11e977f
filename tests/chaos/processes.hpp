// The processes of a job, found as the descendants of one process, and never by a name; and signals to them.
#pragma once

#include <signal.h>
#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace chaos {

/// What a process is for.
enum class Role {
    launcher,  ///< the process at the top: `hecaton run`, or the program's attendant
    engine,    ///< mpirun, or a daemon of it on another host
    stub,      ///< the process that mpirun takes for a rank
    shim,      ///< the process around a rank
    root,      ///< rank 0
    worker,    ///< another rank
    zygote,    ///< forks the sandboxes of a rank
    sandbox,   ///< runs items, or is a hecaton::Process
    other,
};
const char* name_of(Role role);

struct Process {
    pid_t pid = 0;
    pid_t parent = 0;
    std::uint64_t started = 0;  ///< with the process id it is not used twice
    Role role = Role::other;
    bool operator==(const Process& other) const { return pid == other.pid && started == other.started; }
};

/// Whose processes are looked for.
struct Family {
    pid_t top = 0;  ///< the launcher; where there are hosts, the process that has entered one of them to start it
    std::string launcher;  ///< its file
    std::string program;   ///< the ranks' file
    /// The first process of each host, where the job's hosts are namespaces of this machine.
    std::vector<pid_t> hosts = {};
    /// What runs on these hosts without a job.
    std::vector<Process> furniture = {};
};

/// Those that run now: the top, its descendants, those of the hosts, and orphans that this process has adopted (it has
/// to be a subreaper).
std::vector<Process> processes_of(const Family& family);

/// Sends the signal to this very process; false where it is gone.
bool send(const Process& to, int signal);

/// Takes the ends of adopted orphans in. Returns whether the launcher has ended, and then its wait status.
bool reap(pid_t launcher, int& status);

}  // namespace chaos
