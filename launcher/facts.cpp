#include "facts.hpp"

#include <unistd.h>

#include <filesystem>

namespace hecaton::launcher {
namespace {

std::string find_hydra(std::string_view path) {
    for (const char* name : {"mpiexec.hydra", "mpirun.mpich", "mpiexec.mpich", "mpiexec", "mpirun"}) {
        const std::string file = launch::find_in_path(path, name);
        if (!file.empty() && launch::identify(file).family == launch::Family::hydra) return file;
    }
    return {};
}

// mpirun makes a folder that is missing and leaves it, and has a page of text for the others.
bool usable(const std::string& temporary) {
    std::error_code ignored;
    return temporary.empty() || (temporary.starts_with('/') && std::filesystem::is_directory(temporary, ignored) &&
                                 ::access(temporary.c_str(), W_OK | X_OK) == 0);
}

}  // namespace

Facts facts(const RunOptions& options, Look look) {
    Facts found;
    found.machine = launch::facts();
    const auto path = launch::search_path(found.machine.environment);
    found.hydra = find_hydra(path);
    found.srun = launch::find_in_path(path, "srun");
    launch::Variables theirs = found.machine.environment;
    for (const auto& [name, text] : options.environment) theirs[name] = text;
    const auto list = libraries(options.program, theirs);
    found.linked = linked_mpi(options.program, list);
    found.unfit = unfit(options.program, list, theirs, options.wdir, look);
    found.limits = limits();
    found.temporary_usable = usable(std::string(launch::value(found.machine.environment, "TMPDIR")));
    return found;
}

}  // namespace hecaton::launcher
