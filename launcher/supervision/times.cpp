#include <launcher/supervision/times.hpp>

#include <chrono>

#include <launcher/base/refusal.hpp>

namespace hecaton::launcher {

Lifecycle::Times times_of(const RunOptions& options) {
    Lifecycle::Times made{options.timeout, options.grace, options.link_timeout};
    if (!options.end.at) return made;
    using clock = std::chrono::steady_clock;
    made.job_end =
        clock::now() + std::chrono::duration_cast<clock::duration>(*options.end.at - std::chrono::system_clock::now());
    if (options.end.ours()) made.after_end = options.kept.journal.empty() ? timed_out : out_of_time;
    return made;
}

}  // namespace hecaton::launcher
