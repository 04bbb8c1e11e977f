#include <launcher/jobs/ask.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <hecaton/foundation/subprocess.hpp>
#include <string_view>

#include <launcher/batch/text.hpp>

namespace hecaton::launcher::jobs {
namespace {

// Beginnings of the names of variables that a job has from its batch system or its MPI.
constexpr std::array job_names{"SLURM_", "SLURMD_", "SBATCH_", "SRUN_", "SALLOC_",   "PMI_",
                               "PMI2_",  "PMIX_",   "OMPI_",   "PRTE_", "PBS_",      "LSB_",
                               "SGE_",   "FLUX_",   "HYDRA_",  "HYDI_", "MPI_LOCAL", "COBALT_"};
// With the same beginnings, but set by the user or the site: where the batch system is, and what MPI may do.
constexpr std::array kept_names{"SLURM_CONF", "SLURM_CLUSTERS",   "PBS_CONF_FILE",    "PBS_EXEC",
                                "PBS_HOME",   "PBS_SERVER",       "PBS_DEFAULT",      "SGE_ROOT",
                                "SGE_CELL",   "SGE_CLUSTER_NAME", "SGE_QMASTER_PORT", "SGE_EXECD_PORT",
                                "FLUX_URI",   "FLUX_CONF_DIR"};
constexpr std::array kept_beginnings{"OMPI_MCA_", "PMIX_MCA_", "PRTE_MCA_", "OMPI_ALLOW_RUN_AS_ROOT",
                                     "OMPI_CC",   "OMPI_CXX"};
// Those of one job that have no such beginning; LS_COLORS and Cray's PE_ENV are none.
constexpr std::array one_names{"HECATON_LOCAL_RANK", "HECATON_LOCAL_SIZE",  "HECATON_NODE", "HECATON_NODES",
                               "HECATON_RANK_PID",   "HECATON_DEADLINE",    "HECATON_RUN",  "HECATON_RESTARTED",
                               "HECATON_CHANNEL",    "HECATON_ARRAY_INDEX", "PE_HOSTFILE",  "LS_JOBPID",
                               "LS_SUBCWD"};

bool belongs_to_a_job(std::string_view name) {
    const auto begins = [&](const char* beginning) { return name.starts_with(beginning); };
    if (std::ranges::find(one_names, name) != one_names.end()) return true;
    if (std::ranges::find(kept_names, name) != kept_names.end() || std::ranges::any_of(kept_beginnings, begins))
        return false;
    return std::ranges::any_of(job_names, begins);
}

}  // namespace

detail::launch::Variables scrubbed(detail::launch::Variables environment) {
    std::erase_if(environment, [](const auto& variable) { return belongs_to_a_job(variable.first); });
    return environment;
}

batch::Answer ask(const batch::Words& command, std::chrono::milliseconds patience) {
    if (command.empty()) return {.came = false};
    std::vector<std::string> environment;
    for (const auto& [name, text] : scrubbed(detail::launch::variables()))
        environment.push_back(fmt::format("{}={}", name, text));
    const auto result = detail::Subprocess::run({.argv = command,
                                                 .environment = std::move(environment),
                                                 .errors = detail::Subprocess::Errors::apart,
                                                 .most = std::size_t{64} << 20},
                                                patience);
    if (result.problem != 0)
        return {
            .came = false, .status = 127, .error = fmt::format("{}: {}", command[0], std::strerror(result.problem))};
    batch::Answer answer{.came = !result.late, .status = result.status, .output = result.output, .error = result.error};
    if (result.late && answer.error.empty())
        answer.error =
            fmt::format("{} did not answer within {} s", command[0], std::chrono::duration<double>(patience).count());
    return answer;
}

std::string quoted(const std::string& word) {
    constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-";
    if (!word.empty() && word.find_first_not_of(plain) == std::string::npos) return word;
    std::string text = "'";
    for (const char letter : word) {
        if (letter == '\'')
            text += "'\\''";
        else
            text += letter;
    }
    return text + "'";
}

std::string shell_line(const batch::Words& command) {
    std::vector<std::string> words;
    std::ranges::transform(command, std::back_inserter(words), quoted);
    return fmt::format("{}", fmt::join(words, " "));
}

std::string said(const batch::Answer& answer) {
    std::string text = batch::text::on_one_line(answer.error);
    if (text.empty()) text = batch::text::on_one_line(answer.output);
    if (text.size() > 600) text = text.substr(0, 600) + "...";
    return text.empty() ? fmt::format("nothing, and ended with status {}", answer.status) : text;
}

}  // namespace hecaton::launcher::jobs
