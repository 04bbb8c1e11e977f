// hecaton: the command line in, an exit status out.
#include <fmt/format.h>

#include <cstdio>
#include <cstring>
#include <exception>
#include <hecaton/foundation/error.hpp>
#include <hecaton/foundation/host.hpp>
#include <hecaton/foundation/log.hpp>
#include <hecaton/transport/launch_plugins.hpp>

#include "cli.hpp"
#include "doctor.hpp"
#include "engine.hpp"
#include "hosts.hpp"
#include "program.hpp"
#include "shim.hpp"
#include "sockets.hpp"
#include "supervise.hpp"

namespace {

using namespace hecaton;

int print(const std::string& text) {
    const bool written = std::fputs(text.c_str(), stdout) >= 0 && std::fflush(stdout) == 0;
    return written ? 0 : 1;
}

// The plan with a shim around each rank.
launcher::Plan with_shims(launcher::Plan plan, int open_mpi_major) {
    auto& request = plan.request;
    request.args.insert(request.args.begin(), {launcher::shim_word, request.program});
    request.program = host::executable();
    request.exported.emplace_back(launcher::wire::variable);
    // A rank's time to end in is the shim's to give, so Open MPI need not wait (a second, twice) before it kills.
    if (plan.engine == launcher::Engine::open_mpi)
        request.options = {open_mpi_major >= 5 ? "--prtemca" : "--mca", "odls_base_sigkill_timeout", "0"};
    return plan;
}

// Finds out whether the hosts can be used, and how they reach us; one line for each that can not.
std::vector<std::string> look_at_hosts(launcher::Plan& plan, const launcher::Facts& facts) {
    const auto& hosts = plan.request.hosts;
    const auto answers =
        launcher::ask_hosts(hosts, plan.ssh, host::executable(), plan.request.program, launcher::far_half(plan, facts));
    std::size_t bad = 0;
    for (const auto& answer : answers) {
        if (answer.problem.empty()) continue;
        ++bad;
        log::line(fmt::format("host {}: {}", answer.name, answer.problem));
    }
    if (bad > 0)
        throw launcher::Refusal(launcher::wrong_command_line,
                                fmt::format("{} of {} hosts cannot be used; nothing was started", bad, hosts.size()));
    plan.network = launcher::common_network(answers);
    plan.ssh = launcher::patient_ssh(plan.ssh);
    return launcher::addresses_for(answers);
}

int run(launcher::RunOptions options, const launch::Variables& environment) {
    options.program = launcher::find_program(options.program, launch::value(environment, "PATH"));
    const launcher::Facts facts = launcher::facts(options.program);
    launcher::Plan plan = launcher::plan(options, facts);
    launcher::Supervision what;
    if (!plan.request.hosts.empty())
        what.addresses = look_at_hosts(plan, facts);
    else if (plan.many_nodes)
        what.addresses = launcher::own_addresses();
    const launch::Command native = launcher::native_command(plan, facts);  // refusals name the program, not the shim
    if (options.dry_run) return print(launch::shell_quoted(native) + "\n");
    what.command = launcher::native_command(with_shims(plan, facts.machine.open_mpi_major), facts);
    if (plan.engine == launcher::Engine::open_mpi && !plan.many_nodes)
        launch::hide_hwloc_plugins(what.command, environment);
    what.environment = facts.machine.environment;
    what.ranks = plan.ranks;
    what.other_machines = plan.many_nodes;
    what.engine = launcher::engine_name(plan, facts);
    what.program = facts.linked;
    what.family = plan.engine == launcher::Engine::open_mpi ? launcher::Mpi::open_mpi
                  : plan.engine == launcher::Engine::hydra  ? launcher::Mpi::mpich
                                                            : launcher::Mpi::none;
    what.options = options;
    launcher::Output output({.label = options.label, .timestamps = options.timestamps, .dir = options.output_dir});
    if (!options.quiet) {
        for (const auto& note : what.command.notes) output.say(note);
        if (!what.command.crowded.empty()) output.say(what.command.crowded);
    }
    return launcher::supervise(what, output);
}

int command(const std::vector<std::string>& words) {
    const launch::Variables environment = launch::variables();
    const auto line = launcher::parse(words, environment);
    switch (line.verb) {
        case launcher::Verb::run:
            return run(line.run, environment);
        case launcher::Verb::doctor:
            return launcher::doctor(line.doctor);
        default:
            return print(line.text);
    }
}

}  // namespace

int main(int argc, char** argv) {
    try {
        if (argc > 2 && std::strcmp(argv[1], launcher::shim_word) == 0) return launcher::run_shim(argv + 2);
        if (argc == 4 && std::strcmp(argv[1], launcher::host_word) == 0)
            return print(launcher::encode(launcher::host_facts(argv[2], argv[3])));
        return command(std::vector<std::string>(argv + (argc > 0), argv + argc));
    } catch (const launcher::Refusal& refusal) {
        log::line(refusal.what());
        return refusal.status();
    } catch (const UsageError& error) {
        log::line(error.what());
        return launcher::wrong_command_line;
    } catch (const std::exception& error) {
        log::line(error.what());
        return 1;
    }
}
