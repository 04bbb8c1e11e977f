#include <launcher/engines/facts.hpp>
#include <launcher/engines/way.hpp>

#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>

namespace hecaton::launcher {
namespace {

// Libraries that start one thread for each core.
constexpr std::array threaded{"libgomp.", "libomp.", "libiomp5.", "libopenblas", "libmkl_", "libblis"};

std::string find_hydra(std::string_view path) {
    for (const char* name : {"mpiexec.hydra", "mpirun.mpich", "mpiexec.mpich", "mpiexec", "mpirun"}) {
        const std::string file = detail::launch::find_in_path(path, name);
        if (!file.empty() && detail::launch::identify(file).family == detail::launch::Family::hydra) return file;
    }
    return {};
}

// mpirun makes a folder that is missing and leaves it behind; about other unusable folders it prints a page of text.
bool usable(const std::string& temporary) {
    std::error_code ignored;
    return temporary.empty() || (temporary.starts_with('/') && std::filesystem::is_directory(temporary, ignored) &&
                                 ::access(temporary.c_str(), W_OK | X_OK) == 0);
}

// A program without MPI may be a wrapper (env, nice, gdb) around one with MPI. Only MPICH is looked for: Open MPI's
// mpirun, which starts programs without MPI, would start that program too, but each rank would be alone.
Linked linked_behind(const std::vector<std::string>& args, const detail::launch::Variables& environment) {
    constexpr std::size_t enough = 16;  // arguments of the wrapper itself
    for (std::size_t i = 0; i < std::min(args.size(), enough); ++i) {
        const bool path = args[i].find('/') != std::string::npos;
        const std::string file =
            path ? args[i] : detail::launch::find_in_path(detail::launch::search_path(environment), args[i]);
        std::error_code ignored;
        if (!std::filesystem::is_regular_file(file, ignored) || ::access(file.c_str(), X_OK) != 0) continue;
        if (Linked found = linked_mpi(file, environment); found.mpi == Mpi::mpich) return found;
    }
    return {};
}

}  // namespace

PlanFacts plan_facts(const RunOptions& options, Look look) {
    PlanFacts found;
    found.machine = detail::launch::machine_facts();
    const auto path = detail::launch::search_path(found.machine.environment);
    found.hydra = find_hydra(path);
    found.srun = detail::launch::find_in_path(path, "srun");
    found.agent = way_to_nodes(found.machine);
    detail::launch::Variables theirs = found.machine.environment;
    for (const auto& [name, text] : options.environment) theirs[name] = text;
    const auto list = libraries(options.program, theirs);
    found.linked = linked_mpi(options.program, list);
    if (found.linked.mpi == Mpi::none && !found.hydra.empty() && options.engine == Engine::automatic)
        if (const Linked behind = linked_behind(options.args, theirs); behind.mpi != Mpi::none) found.linked = behind;
    found.threads = std::ranges::any_of(list, [](const Library& library) {
        return std::ranges::any_of(threaded, [&](const char* name) { return library.name.starts_with(name); });
    });
    found.unfit = unfit(options.program, list, theirs, options.wdir, look);
    found.limits = limits();
    if (options.gpus_per_rank > 0) found.gpus = gpus(theirs);
    found.temporary_usable = usable(std::string(detail::launch::value(found.machine.environment, "TMPDIR")));
    return found;
}

}  // namespace hecaton::launcher
