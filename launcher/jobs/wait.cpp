// hecaton wait: until jobs have ended, with their status.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <hecaton/foundation/log.hpp>
#include <thread>

#include <launcher/base/files.hpp>
#include <launcher/base/refusal.hpp>
#include <launcher/jobs/jobs.hpp>
#include <launcher/jobs/patience.hpp>
#include <launcher/jobs/registry.hpp>
#include <launcher/jobs/truth.hpp>

namespace hecaton::launcher {

using namespace jobs;

int wait_for_jobs(const JobOptions& options) {
    const auto all = all_jobs();
    std::vector<Job> waited;
    waited.reserve(options.jobs.size());
    for (const auto& word : options.jobs) waited.push_back(find_job(all, word));
    const auto begun = std::chrono::steady_clock::now();
    Patience patience(waited);
    for (;;) {
        const auto known = look_at(waited);
        if (std::ranges::all_of(known, &Known::ended)) {
            int worst = 0;
            for (const auto& one : known) {
                const int status = status_of(one);
                worst = std::max(worst, status);
                if (one.state == batch::State::lost || !one.status)
                    detail::log::line(fmt::format("{}: {}{}", one.job.shown(), batch::name(one.state),
                                                  one.why.empty() ? "" : ", " + one.why));
            }
            return worst;
        }
        if (options.timeout.count() > 0 && std::chrono::steady_clock::now() - begun >= options.timeout) {
            const auto runs = std::ranges::find_if_not(known, &Known::ended);
            throw Refusal(timed_out, fmt::format("{} is {} after {} s", runs->job.shown(), batch::name(runs->state),
                                                 options.timeout.count() / 1000));
        }
        patience.pause();
        for (auto& job : waited)
            if (auto fresh = read_job(job.folder)) {  // another id, where each run is a job
                fresh->task = job.task;
                job = std::move(*fresh);
            }
    }
}

}  // namespace hecaton::launcher
