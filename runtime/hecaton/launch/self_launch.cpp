#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <hecaton/foundation/host.hpp>
#include <hecaton/foundation/log.hpp>
#include <hecaton/foundation/subprocess.hpp>
#include <hecaton/launch/command.hpp>
#include <hecaton/launch/hwloc_plugins.hpp>
#include <hecaton/launch/process_start.hpp>
#include <hecaton/launch/refusal.hpp>
#include <hecaton/launch/self_launch.hpp>

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

Request request(int argc, char** argv, int ranks, const Variables& environment) {
    Request made;
    made.ranks = ranks;
    made.program = host::executable();
    if (made.program.empty())
        throw Refusal(
            "the program's file is gone, so it cannot be started as ranks; HECATON_RANKS=1 runs it in one "
            "process");
    if (argc > 1) made.args.assign(argv + 1, argv + argc);
    made.stdin_from_null = value(environment, "HECATON_STDIN") != "1";
    return made;
}

// Tools that follow a process by a library of theirs in it would follow mpirun.
bool watched(const Variables& environment) {
    const std::string_view preloaded = value(environment, "LD_PRELOAD");
    return preloaded.find("/vgpreload_") != std::string_view::npos ||
           preloaded.find("libheaptrack_preload") != std::string_view::npos;
}

[[noreturn]] void replace_this_process(const Command& command, const Variables& environment) {
    for (const auto& note : command.notes) log::line(note);
    std::vector<std::string> words = command.argv;
    std::vector<std::string> settings = environment_strings(command, environment);
    std::fflush(nullptr);  // what the program has written so far would be lost
    if (command.stdin_from_null) {
        const int null = ::open("/dev/null", O_RDONLY);
        if (null > 0) {
            ::dup2(null, STDIN_FILENO);
            ::close(null);
        }
    }
    process_start().restore();
    ::execve(words[0].c_str(), pointers(words).data(), pointers(settings).data());
    throw Refusal(fmt::format("{} cannot be run: {}; HECATON_RANKS=1 runs the program in one process", words[0],
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
    const MachineFacts here = machine_facts();
    const Request wanted = request(argc, argv, decision.ranks, environment);
    if (here.mpirun.empty() && here.allocation.scheduler == Scheduler::none && ranks(wanted, here) != 1)
        throw Refusal(
            "mpirun is not in PATH, so the program cannot start itself as ranks: install Open MPI (on Debian and "
            "Ubuntu: "
            "openmpi-bin) or load its module; HECATON_RANKS=1 runs it in one process");
    if (ranks(wanted, here) == 1 && !here.allocation.step_of_many && here.allocation.nodes <= 1) return;
    Command made = command(wanted, here);
    if (!many_nodes(wanted, here)) hide_hwloc_plugins(made, environment);
    replace_this_process(made, environment);
}

}  // namespace hecaton::detail::launch
