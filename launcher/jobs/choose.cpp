#include <launcher/jobs/choose.hpp>

#include <fmt/format.h>

#include <hecaton/launch/command.hpp>
#include <hecaton/launch/environment.hpp>

#include <launcher/base/refusal.hpp>

namespace hecaton::launcher::jobs {

std::unique_ptr<batch::Scheduler> choose_scheduler(const std::string& name) {
    const auto environment = detail::launch::variables();
    const auto path = detail::launch::search_path(environment);
    const auto there = [&](const batch::Scheduler& scheduler, const std::string& command) {
        return scheduler.name() == "local" || !detail::launch::find_in_path(path, command).empty();
    };
    if (!name.empty()) {
        auto chosen = batch::make_scheduler(name);
        if (!there(*chosen, chosen->command()))
            throw Refusal(
                wrong_command_line,
                fmt::format("--scheduler {}: the command {} is not here; submit from a login node of the cluster, "
                            "or with --scheduler local as a background job on this machine",
                            name, chosen->command()));
        return chosen;
    }
    for (const auto& known : batch::scheduler_names())
        if (known != "local")
            if (auto one = batch::make_scheduler(known); there(*one, one->only_here())) return one;
    return batch::make_local();
}

std::unique_ptr<batch::Scheduler> scheduler_of(const std::string& name) {
    try {
        return batch::make_scheduler(name);
    } catch (const Refusal&) {
        return nullptr;
    }
}

}  // namespace hecaton::launcher::jobs
