// The batch system's allocation that this process is in, if any.
#pragma once

#include <hecaton/launch/environment.hpp>
#include <string>
#include <vector>

namespace hecaton::detail::launch {

/// The batch systems that are told apart.
enum class Scheduler { none, slurm, sge, pbs, lsf, flux, cobalt };

/// What the batch system gave to this job.
struct Allocation {
    Scheduler scheduler = Scheduler::none;
    std::string job = {};         ///< the job's id, as the batch system writes it
    int nodes = 0;                ///< 0 where it is not known
    int slots = 0;                ///< how many ranks it is meant for, as mpirun counts them; 0 where it is not known
    std::vector<int> tasks = {};  ///< the slots of each node, where they are known
    std::string hostfile = {};    ///< what mpirun has to be given, where it does not find the nodes by itself (PBS)
    bool only_here = false;       ///< its one node is this machine, for certain
    bool step_of_many = false;    ///< started several times by srun, but without MPI: each copy would launch a job
};

/// The scheduler's name as people write it: "Slurm", "SGE", "PBS", "LSF", "Flux", "Cobalt"; empty for none.
std::string name(Scheduler scheduler);

/// Reads the variables, and the files that PE_HOSTFILE and PBS_NODEFILE name. Throws Refusal for an allocation
/// whose node file cannot be read.
Allocation allocation(const Variables& environment);

/// True when Slurm's list of nodes names this machine, `host`, and no other; each may be with or without its domain.
bool slurm_only_here(std::string_view nodes, std::string_view host);

/// The sum of Slurm's list of tasks, for example 11 for "4(x2),3"; `nodes` gets the number of nodes it covers.
/// 0 and no nodes for text that is no such list.
int slurm_tasks(std::string_view list, int& nodes);

/// The number for each node: 4, 4, 3. Empty for text that is no such list.
std::vector<int> slurm_tasks_of_nodes(std::string_view list);

}  // namespace hecaton::detail::launch
