#include <unistd.h>

#include <algorithm>
#include <array>
#include <hecaton/launch/environment.hpp>

namespace hecaton::detail::launch {
namespace {

using namespace std::string_view_literals;

constexpr std::array rank_variables{"PMI_RANK"sv, "PMI_SIZE"sv, "PMIX_RANK"sv, "PMIX_NAMESPACE"sv};
constexpr std::array kept_by_a_rank{"OMPI_COMM_WORLD_RANK"sv, "OMPI_COMM_WORLD_SIZE"sv};  // for what it starts to read

// Open MPI 4 describes the job to its ranks through parameters with the same prefix as the users' own. These are the
// job's, as seen in the environment of a rank; outside a job they are settings like any other.
constexpr std::array parameters_of_a_job{"ess"sv,
                                         "ess_base_jobid"sv,
                                         "ess_base_vpid"sv,
                                         "initial_wdir"sv,
                                         "mpi_oversubscribe"sv,
                                         "orte_app_num"sv,
                                         "orte_bound_at_launch"sv,
                                         "orte_ess_node_rank"sv,
                                         "orte_ess_num_procs"sv,
                                         "orte_hnp_uri"sv,
                                         "orte_jobfam_session_dir"sv,
                                         "orte_launch"sv,
                                         "orte_local_daemon_uri"sv,
                                         "orte_num_nodes"sv,
                                         "orte_parent_uri"sv,
                                         "orte_precondition_transports"sv,
                                         "orte_tmpdir_base"sv,
                                         "orte_top_session_dir"sv,
                                         "pmix"sv,
                                         "shmem_RUNTIME_QUERY_hint"sv};

bool belongs_to_a_job(std::string_view name, bool inside) {
    if (name.starts_with("OMPI_MCA_"))
        return inside && std::ranges::count(parameters_of_a_job, name.substr("OMPI_MCA_"sv.size())) > 0;
    if (name.starts_with("OMPI_ALLOW_RUN_AS_ROOT")) return false;
    if (name.starts_with("PMIX_MCA_") || name.starts_with("PRTE_MCA_")) return false;
    return name.starts_with("OMPI_") || name.starts_with("PMIX_") || name.starts_with("PMI_") ||
           name.starts_with("PRTE_") || name == "MPI_LOCALRANKID" || name == "MPI_LOCALNRANKS";
}

}  // namespace

Variables variables() {
    Variables found;
    for (char** entry = environ; entry && *entry; ++entry) {
        const std::string_view text(*entry);
        const auto equals = text.find('=');
        if (equals != std::string_view::npos) found.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
    return found;
}

std::string_view value(const Variables& environment, std::string_view name) {
    const auto found = environment.find(name);
    return found == environment.end() ? std::string_view() : std::string_view(found->second);
}

std::string_view search_path(const Variables& environment) {
    return environment.contains("PATH") ? value(environment, "PATH") : "/bin:/usr/bin"sv;
}

bool rank_variable_set(const Variables& environment) {
    const auto set = [&](std::string_view name) { return environment.contains(name); };
    if (std::ranges::any_of(rank_variables, set)) return true;
    const std::string_view rank = value(environment, rank_pid_variable);
    return std::ranges::any_of(kept_by_a_rank, set) && (rank.empty() || rank == std::to_string(::getpid()));
}

std::vector<std::string> inherited_from_a_job(const Variables& environment) {
    const bool inside = rank_variable_set(environment);
    std::vector<std::string> names;
    for (const auto& [name, text] : environment)
        if (belongs_to_a_job(name, inside)) names.push_back(name);
    return names;
}

}  // namespace hecaton::detail::launch
