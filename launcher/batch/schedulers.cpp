// All batch systems, in the order in which they are looked for: Slurm comes with wrappers that are called qsub and
// bsub.
#include <launcher/base/refusal.hpp>
#include <launcher/batch/scheduler.hpp>

namespace hecaton::launcher::batch {

namespace {

struct Known {
    const char* name;
    std::unique_ptr<Scheduler> (*make)();
};

constexpr Known known_schedulers[] = {
    {"slurm", make_slurm},     {"pbs", make_pbs},   {"torque", make_torque}, {"lsf", make_lsf},
    {"sge", make_grid_engine}, {"flux", make_flux}, {"local", make_local},
};

}  // namespace

Words scheduler_names() {
    Words names;
    for (const Known& known : known_schedulers) names.emplace_back(known.name);
    return names;
}

std::unique_ptr<Scheduler> make_scheduler(const std::string& name) {
    std::string names;
    for (const Known& known : known_schedulers) {
        if (name == known.name) return known.make();
        names += (names.empty() ? "" : ", ") + std::string(known.name);
    }
    throw Refusal("--scheduler " + name + ": there is no such batch system here; it is one of " + names);
}

}  // namespace hecaton::launcher::batch
