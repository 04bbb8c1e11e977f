#include "facts.hpp"

namespace hecaton::launcher {
namespace {

std::string find_hydra(std::string_view path) {
    for (const char* name : {"mpiexec.hydra", "mpirun.mpich", "mpiexec.mpich", "mpiexec", "mpirun"}) {
        const std::string file = launch::find_in_path(path, name);
        if (!file.empty() && launch::identify(file).family == launch::Family::hydra) return file;
    }
    return {};
}

}  // namespace

Facts facts(const std::string& program) {
    Facts found;
    found.machine = launch::facts();
    const auto path = launch::value(found.machine.environment, "PATH");
    found.hydra = find_hydra(path);
    found.srun = launch::find_in_path(path, "srun");
    found.linked = linked_mpi(program, found.machine.environment);
    found.limits = limits();
    return found;
}

}  // namespace hecaton::launcher
