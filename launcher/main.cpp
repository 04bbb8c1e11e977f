// hecaton: the command line in, an exit status out.
#include <cstring>
#include <exception>
#include <hecaton/foundation/log.hpp>

#include <launcher/base/print.hpp>
#include <launcher/base/refusal.hpp>
#include <launcher/cli/cli.hpp>
#include <launcher/doctor/doctor.hpp>
#include <launcher/doctor/trial_rank.hpp>
#include <launcher/hosts/host_facts.hpp>
#include <launcher/hosts/ipv6_ssh.hpp>
#include <launcher/program/find.hpp>
#include <launcher/run.hpp>
#include <launcher/shim/shim.hpp>

namespace {

using namespace hecaton;

int run(launcher::RunOptions options, const detail::launch::Variables& environment) {
    options.program = launcher::find_program(options.program, detail::launch::search_path(environment));
    return launcher::run(options, launcher::plan_facts(options));
}

int command(const std::vector<std::string>& words) {
    const detail::launch::Variables environment = detail::launch::variables();
    const auto line = launcher::parse(words, environment);
    switch (line.verb) {
        case launcher::Verb::run:
            return run(line.run, environment);
        case launcher::Verb::doctor:
            return launcher::doctor(line.doctor);
        default:
            return launcher::print(line.text);
    }
}

}  // namespace

int main(int argc, char** argv) {
    try {
        if (argc > 2 && std::strcmp(argv[1], launcher::shim_word) == 0) return launcher::run_shim(argv + 2);
        if (argc == 6 && std::strcmp(argv[1], launcher::host_word) == 0)
            return launcher::print(launcher::encode(launcher::host_facts(
                {.program = argv[2], .daemon = argv[3], .folder = argv[4], .libraries = argv[5]})));
        if (argc > 2 && std::strcmp(argv[1], launcher::ssh_word) == 0) return launcher::run_ssh(argv + 2);
        if (argc > 1 && std::strcmp(argv[1], launcher::trial_word) == 0)
            return launcher::run_trial_rank(argc > 2 ? argv[2] : "");
        return command(std::vector<std::string>(argv + (argc > 0), argv + argc));
    } catch (const launcher::Refusal& refusal) {
        detail::log::line(refusal.what());
        return refusal.status();
    } catch (const std::exception& error) {
        detail::log::line(error.what());
        return 1;
    }
}
