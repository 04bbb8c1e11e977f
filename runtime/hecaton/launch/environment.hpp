// What the environment variables say about how this process was started. Every function takes the
// variables.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace hecaton::detail::launch {

/// Environment variables by name.
using Variables = std::map<std::string, std::string, std::less<>>;

/// The environment of this process.
Variables variables();

/// The variable's value; empty where it is not set.
std::string_view value(const Variables& environment, std::string_view name);

/// Where commands are looked for: PATH, or where the C library looks when that is not set.
std::string_view search_path(const Variables& environment);

/// The pid of the rank that OMPI_COMM_WORLD_* describe, in the environment of that rank and of what it starts.
inline constexpr const char* rank_pid_variable = "HECATON_RANK_PID";

/// True when a launcher made this process a rank: a rank or size variable of Open MPI, PMI or PMIx is set, and those of
/// Open MPI are not another process's. SLURM_PROCID alone proves nothing: inside a batch script it says 0 for
/// everything.
bool rank_variable_set(const Variables& environment);

/// The variables of an outer MPI job, which would make a new mpirun believe that it is one of that job's ranks.
/// What users set stays: OMPI_MCA_*, PMIX_MCA_*, PRTE_MCA_* parameters and OMPI_ALLOW_RUN_AS_ROOT*. Sorted by name.
std::vector<std::string> inherited_from_a_job(const Variables& environment);

}  // namespace hecaton::detail::launch
