#include <unistd.h>

#include <array>
#include <charconv>
#include <cstdlib>
#include <hecaton/launch/allocation.hpp>
#include <hecaton/launch/place.hpp>
#include <vector>

namespace hecaton::detail::launch {
namespace {

constexpr std::array place_variables{"HECATON_LOCAL_RANK", "HECATON_LOCAL_SIZE", "HECATON_NODE", "HECATON_NODES"};

int whole_number(const Variables& environment, const char* name, int otherwise) {
    const std::string_view text = value(environment, name);
    int number = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
    return problem == std::errc() && end == text.data() + text.size() && number >= 0 ? number : otherwise;
}

// The step's, else the job's.
JobPlace by_slurm(const Variables& environment) {
    const char* list =
        environment.contains("SLURM_STEP_TASKS_PER_NODE") ? "SLURM_STEP_TASKS_PER_NODE" : "SLURM_TASKS_PER_NODE";
    const std::vector<int> tasks = slurm_tasks_of_nodes(value(environment, list));
    JobPlace found{.local_rank = whole_number(environment, "SLURM_LOCALID", -1),
                   .local_size = 0,
                   .node = whole_number(environment, "SLURM_NODEID", -1),
                   .nodes = static_cast<int>(tasks.size())};
    if (found.node >= 0 && found.node < found.nodes) found.local_size = tasks[static_cast<std::size_t>(found.node)];
    return found;
}

}  // namespace

JobPlace place_by_engine(const Variables& environment) {
    struct Names {
        const char* local_rank;
        const char* local_size;
        const char* size;
    };
    for (const Names& engine :
         {Names{"OMPI_COMM_WORLD_LOCAL_RANK", "OMPI_COMM_WORLD_LOCAL_SIZE", "OMPI_COMM_WORLD_SIZE"},
          Names{"MPI_LOCALRANKID", "MPI_LOCALNRANKS", "PMI_SIZE"}}) {
        JobPlace found{.local_rank = whole_number(environment, engine.local_rank, -1),
                       .local_size = whole_number(environment, engine.local_size, 0)};
        if (found.local_rank < 0 || found.local_size == 0) continue;
        if (found.local_size == whole_number(environment, engine.size, 0)) {
            found.node = 0;
            found.nodes = 1;
        }
        return found;
    }
    return by_slurm(environment);
}

JobPlace told_place(const Variables& environment) {
    const std::string_view owner = value(environment, rank_pid_variable);
    if (!owner.empty() && owner != std::to_string(::getpid())) return {};
    return {.local_rank = whole_number(environment, place_variables[0], -1),
            .local_size = whole_number(environment, place_variables[1], 0),
            .node = whole_number(environment, place_variables[2], -1),
            .nodes = whole_number(environment, place_variables[3], 0)};
}

void tell_place(const JobPlace& place) {
    const std::array numbers{place.local_rank, place.local_size, place.node, place.nodes};
    for (std::size_t i = 0; i < place_variables.size(); ++i)
        ::setenv(place_variables[i], std::to_string(numbers[i]).c_str(), 1);
}

}  // namespace hecaton::detail::launch
