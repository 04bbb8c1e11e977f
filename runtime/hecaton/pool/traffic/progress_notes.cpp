#include <algorithm>
#include <hecaton/foundation/rank_notes.hpp>
#include <hecaton/pool/traffic/progress_notes.hpp>

namespace hecaton::detail {
namespace {

constexpr double between_looks = 0.2;  // seconds

}  // namespace

void ProgressNotes::note(const RunningJob& running, const scheduling::JobCounters& counters) noexcept {
    const Progressed now = running.progressed(counters);
    note_progress(running.job->options().name, std::max(now.items, counters.items), now.done, now.failed);
}

void ProgressNotes::look(RunningJobs& jobs, const scheduling::Dispatcher& dispatcher, double now) noexcept {
    if (now < next_) return;
    next_ = now + between_looks;
    const auto first =
        std::min_element(jobs.begin(), jobs.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    if (first == jobs.end()) return;
    if (const auto counters = dispatcher.counters(first->first)) note(first->second, *counters);
}

}  // namespace hecaton::detail
