// The engines: each makes the command of one launcher from a plan. Pure.
#pragma once

#include <hecaton/launch/command.hpp>

#include <launcher/engines/plan.hpp>

namespace hecaton::launcher {

/// The command for `plan`, by the engine that the plan names. Throws Refusal where that engine cannot run it.
detail::launch::Command native_command(const Plan& plan, const PlanFacts& facts);

/// The command of each engine.
detail::launch::Command open_mpi_command(const Plan& plan, const PlanFacts& facts);
detail::launch::Command hydra_command(const Plan& plan, const PlanFacts& facts);
detail::launch::Command srun_command(const Plan& plan, const PlanFacts& facts);

/// The file that the engine starts on other machines over ssh; empty where it needs none.
std::string remote_part(const Plan& plan, const PlanFacts& facts);

/// The engine's name: "Open MPI 4's mpirun", "MPICH's hydra", "Slurm's srun".
std::string engine_name(const Plan& plan, const PlanFacts& facts);

}  // namespace hecaton::launcher
