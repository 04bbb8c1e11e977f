#include "engine_open_mpi.hpp"

namespace hecaton::launcher {

launch::Command open_mpi_command(const Plan& plan, const launch::Facts& facts) {
    return launch::command({.ranks = plan.ranks, .program = plan.program, .args = plan.args}, facts);
}

}  // namespace hecaton::launcher
