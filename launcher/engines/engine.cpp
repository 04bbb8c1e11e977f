#include <launcher/engines/engine.hpp>

#include <fmt/format.h>

#include <filesystem>

namespace hecaton::launcher {

detail::launch::Command native_command(const Plan& plan, const PlanFacts& facts) {
    switch (plan.engine) {
        case Engine::hydra:
            return hydra_command(plan, facts);
        case Engine::srun:
            return srun_command(plan, facts);
        default:
            return open_mpi_command(plan, facts);
    }
}

std::string remote_part(const Plan& plan, const PlanFacts& facts) {
    namespace fs = std::filesystem;
    if (plan.engine == Engine::hydra) return fs::path(facts.hydra).parent_path() / "hydra_pmi_proxy";
    if (plan.engine != Engine::open_mpi) return {};
    return fs::path(facts.machine.mpirun).parent_path() / (facts.machine.open_mpi_major >= 5 ? "prted" : "orted");
}

std::string engine_name(const Plan& plan, const PlanFacts& facts) {
    switch (plan.engine) {
        case Engine::hydra:
            return "MPICH's hydra";
        case Engine::srun:
            return "Slurm's srun";
        default:
            return fmt::format("Open MPI {}'s mpirun", facts.machine.open_mpi_major);
    }
}

}  // namespace hecaton::launcher
