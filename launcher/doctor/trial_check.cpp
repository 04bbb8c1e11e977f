// The verdict of hecaton doctor on its trial.
#include <fmt/format.h>

#include <launcher/base/refusal.hpp>
#include <launcher/doctor/doctor.hpp>
#include <launcher/doctor/trial_rank.hpp>

namespace hecaton::launcher {
namespace {

template <class Duration>
double seconds(Duration time) {
    return std::chrono::duration<double>(time).count();
}

bool with_mpi(const Trial& trial) { return trial.mpi.mpi != Mpi::none || !trial.library.empty(); }

std::string mpi_of(const Trial& trial) { return trial.library.empty() ? name(trial.mpi) : trial.library; }

bool met(const Trial& trial) { return !with_mpi(trial) || trial.world == trial.ranks; }

std::string what_went_well(const Trial& trial) {
    std::string text =
        fmt::format("{} ranks were started and ended well, in {:.2f} s", trial.ranks, seconds(trial.took));
    if (with_mpi(trial))
        text += fmt::format("; they met in {}: MPI_Init took {:.2f} s, the exchange of {} MB {:.1f} ms", mpi_of(trial),
                            seconds(trial.init), trial_bytes / 1'000'000, seconds(trial.moved) * 1e3);
    return text;
}

std::string what_went_wrong(const Trial& trial) {
    const std::string in = stage(trial);
    if (!trial.broken.empty()) return trial.broken;
    if (trial.status == timed_out && in.empty())
        return fmt::format("{} ranks did not start and end within {} s", trial.ranks, trial.limit.count());
    if (trial.status == timed_out)
        return fmt::format("{} ranks of {} did not come out of {} within {} s", trial.ranks, mpi_of(trial), in,
                           trial.limit.count());
    if (trial.status != 0 && in.empty())
        return fmt::format("{} ranks could not be run (status {})", trial.ranks, trial.status);
    if (trial.status != 0)
        return fmt::format("{} ranks of {} failed in {} (status {})", trial.ranks, mpi_of(trial), in, trial.status);
    if (trial.heard == trial.ranks)
        return fmt::format("of {} ranks of {} each saw a world of {}: what started them does not fit it", trial.ranks,
                           mpi_of(trial), trial.world);
    return fmt::format("of {} ranks only {} were heard", trial.ranks, trial.heard);
}

std::string what_helps(const Trial& trial) {
    const bool in_mpi = !stage(trial).empty() || !trial.broken.empty() || (trial.initialised > 0 && !met(trial));
    if (!in_mpi)
        return fmt::format(
            "hecaton run {0} hostname shows all of it; the command to be tried by hand is printed by: hecaton run {0} "
            "--dry-run hostname",
            trial.options);
    return trial.mpi.mpi == Mpi::mpich
               ? "see what sets MPICH up otherwise than usual: env | grep -E '^(MPICH|MPIR|HYDRA|UCX|FI)_'"
               : "see what sets Open MPI up otherwise than usual: env | grep -E '^(OMPI|PMIX|UCX)_'; cat "
                 "~/.openmpi/mca-params.conf";
}

}  // namespace

bool well(const Trial& trial) { return trial.status == 0 && trial.heard == trial.ranks && met(trial); }

std::string in_words(const Trial& trial) {
    if (well(trial)) return what_went_well(trial);
    const std::string what = what_went_wrong(trial);
    const std::string why = gist(trial);
    return why.empty() ? what : what + ": " + why;
}

Check check_trial(const Trial& trial) {
    if (well(trial)) return {"trial", Verdict::ok, in_words(trial)};
    return {"trial", Verdict::bad, in_words(trial), what_helps(trial)};
}

}  // namespace hecaton::launcher
