// The nodes of the batch job that this process is in, and what the batch system's own programs have to be told.
#pragma once

#include <hecaton/launch/command.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace hecaton::detail::launch {

/// The names in Slurm's list of nodes, as "n[08-10,12],login"; at most most_ranks of them.
std::vector<std::string> slurm_names(std::string_view list);

/// The job's nodes in its own order, with their slots: in Slurm, SGE, PBS and LSF. Empty where they are not known.
std::vector<Host> job_nodes(const Variables& environment);

/// True when both name the same machine; each may be with or without its domain.
bool same_machine(std::string_view one, std::string_view other);

/// The part of the batch job that `hosts` name, as the job writes their names. Throws Refusal for one that is none of
/// its nodes.
std::vector<Host> part_of_job(const std::vector<Host>& hosts, const MachineFacts& facts);

/// Lets the srun that `command` is, or that it calls, pass on its whole environment, which `sbatch --export` forbids to
/// all that the job starts. `beside`: and lets it run while other steps of the job do.
void tell_slurm(Command& command, const MachineFacts& facts, bool beside);

}  // namespace hecaton::detail::launch
