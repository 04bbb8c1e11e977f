#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <hecaton/attendant/attendant.hpp>
#include <hecaton/foundation/host.hpp>
#include <hecaton/foundation/log.hpp>
#include <hecaton/foundation/subprocess.hpp>
#include <hecaton/launch/command.hpp>
#include <hecaton/launch/hwloc_plugins.hpp>
#include <hecaton/launch/launcher_file.hpp>
#include <hecaton/launch/process_start.hpp>
#include <hecaton/launch/refusal.hpp>
#include <hecaton/launch/self_launch.hpp>
#include <utility>

namespace hecaton::detail::launch {
namespace {

// HECATON_RANKS; 0 where it is not set or empty.
int wanted_ranks(const Variables& environment) {
    const auto text = value(environment, "HECATON_RANKS");
    if (text.empty()) return 0;
    int ranks = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), ranks);
    if (problem != std::errc() || end != text.data() + text.size() || ranks < 1 || ranks > most_ranks)
        throw Refusal(
            fmt::format("HECATON_RANKS={}: the number of ranks must be a whole number from 1 to {}", text, most_ranks));
    return ranks;
}

Request request(int argc, char** argv, int ranks) {
    Request made;
    made.ranks = ranks;
    made.program = host::executable();
    if (made.program.empty())
        throw Refusal(
            "the program's file is gone, so it cannot be started as ranks; HECATON_RANKS=1 runs it in one "
            "process");
    if (argc > 1) made.args.assign(argv + 1, argv + argc);
    return made;
}

// Tools that follow a process by a library of theirs in it would follow mpirun.
bool watched(const Variables& environment) {
    const std::string_view preloaded = value(environment, "LD_PRELOAD");
    return preloaded.find("/vgpreload_") != std::string_view::npos ||
           preloaded.find("libheaptrack_preload") != std::string_view::npos;
}

// The launcher looks at the machine itself, and heeds the variables of its options.
Command by_launcher(const std::string& launcher, const Request& request) {
    Command made;
    made.argv = {launcher, "run"};
    if (request.ranks > 0) made.argv.insert(made.argv.end(), {"-n", std::to_string(request.ranks)});
    made.argv.insert(made.argv.end(), {"--", request.program});
    made.argv.insert(made.argv.end(), request.args.begin(), request.args.end());
    return made;
}

Command by_mpirun(Request request, MachineFacts here) {
    find_mpirun(here);
    if (here.mpirun.empty() && here.allocation.scheduler == Scheduler::none)
        throw Refusal(
            "mpirun is not in PATH, so the program cannot start itself as ranks: install Open MPI (on Debian and "
            "Ubuntu: openmpi-bin) or load its module; HECATON_RANKS=1 runs it in one process");
    // The attendant says how the ranks ended, and what is asked to end ends: mpirun need not wait before it kills.
    request.options = {here.open_mpi_major >= 5 ? "--prtemca" : "--mca", "odls_base_sigkill_timeout", "0"};
    Command made = command(request, here);
    if (!many_nodes(request, here)) hide_hwloc_plugins(made, here.environment);
    return made;
}

[[noreturn]] void replace_this_process(const Command& command, const Request& request, const Variables& environment,
                                       bool attended) {
    if (value(environment, "HECATON_QUIET").empty())
        for (const auto& note : command.notes) log::line(note);
    std::fflush(nullptr);  // what the program has written so far would be lost
    std::vector<std::string> words = command.argv;
    std::vector<std::string> settings = environment_strings(command, environment);
    if (attended) {
        std::vector<std::string> program{request.program};
        program.insert(program.end(), request.args.begin(), request.args.end());
        attendant::become_attendant(words, command.expected_ranks, std::move(program), std::move(settings));
    } else {
        ::execve(words[0].c_str(), pointers(words).data(), pointers(settings).data());
    }
    throw Refusal(fmt::format("{} cannot be run: {}; HECATON_RANKS=1 runs the program in one process", command.argv[0],
                              std::strerror(errno)));
}

}  // namespace

Decision decide(const Variables& environment, int processes, bool traced) {
    if (rank_variable_set(environment)) return {};
    if (value(environment, "HECATON_SELF_LAUNCH") == "0") return {};
    if (environment.contains("HECATON_EXPECTED_SIZE")) return {};
    const int asked = wanted_ranks(environment);
    const int ranks = asked > 0 ? asked : processes;
    return {.launch = ranks != 1 && !traced && !watched(environment), .ranks = ranks};
}

void self_launch_if_wanted(int argc, char** argv, int processes) {
    show_hwloc_plugins();  // hidden by the self-launch that made this process a rank
    const Variables environment = variables();
    const Decision decision = decide(environment, processes, host::traced());
    if (!decision.launch) return;
    const MachineFacts here = this_machine();
    const Request wanted = request(argc, argv, decision.ranks);
    if (ranks(wanted, here) == 1 && !here.allocation.step_of_many && here.allocation.nodes <= 1) return;
    const std::string launcher = find_launcher(environment);
    process_start().restore();  // here, since mpirun may have to be asked who it is
    replace_this_process(launcher.empty() ? by_mpirun(wanted, here) : by_launcher(launcher, wanted), wanted,
                         environment, launcher.empty());
}

}  // namespace hecaton::detail::launch
