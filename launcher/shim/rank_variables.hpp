// The variables that each rank finds, with every engine: its place in the job, and its share of the node's cores.
#pragma once

#include <sys/types.h>

#include <string>

#include <launcher/link/messages.hpp>

namespace hecaton::launcher {

/// Sets HECATON_LOCAL_RANK and its kin in this process's environment, and OMP_NUM_THREADS where it is not set. `engine`
/// is the process that has started the shim.
void set_rank_variables(const link::Address& address, pid_t engine);

/// Gives this process's rank its share of the GPUs, where the user has asked for that. Returns why it cannot; empty
/// where all is well. To be called after set_rank_variables().
std::string set_gpu_variables(const link::Address& address);

/// The GPUs that it has got, "2,3".
std::string own_gpus(const link::Address& address);

}  // namespace hecaton::launcher
