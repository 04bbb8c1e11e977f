// hecaton: the command line in, an exit status out.
#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <hecaton/foundation/error.hpp>
#include <hecaton/foundation/log.hpp>

#include "cli.hpp"
#include "engine_open_mpi.hpp"
#include "plan.hpp"
#include "supervise.hpp"

namespace {

using namespace hecaton;

int print(const std::string& text) {
    const bool written = std::fputs(text.c_str(), stdout) >= 0 && std::fflush(stdout) == 0;
    return written ? 0 : 1;
}

int run(const launcher::RunOptions& options) {
    const launch::Facts facts = launch::facts();
    const launcher::Plan plan = launcher::plan(options, launch::value(facts.environment, "PATH"));
    const launch::Command command = launcher::open_mpi_command(plan, facts);
    if (options.dry_run) return print(launch::shell_quoted(command) + "\n");
    for (const auto& note : command.notes) log::line(note);
    return launcher::supervise(command, facts.environment);
}

}  // namespace

int main(int argc, char** argv) {
    try {
        const auto line = launcher::parse(std::vector<std::string>(argv + (argc > 0), argv + argc));
        return line.text.empty() ? run(line.run) : print(line.text);
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
