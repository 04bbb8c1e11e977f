#include <algorithm>
#include <hecaton/foundation/rank_notes.hpp>
#include <hecaton/pool/traffic/progress_notes.hpp>

namespace hecaton::detail {
namespace {

constexpr double between_looks = 0.2;  // seconds

bool is_of_interest(const RunningJob& running, const scheduling::JobCounters& counters, double now) {
    const bool wanted = running.job->options().progress;
    return now - running.begun >= between_looks && (wanted || counters.open || counters.items > 1);
}

void note_call(RunningJob& running, const scheduling::JobCounters& counters, double now) noexcept {
    const MapOptions& options = running.job->options();
    if (!running.note && is_of_interest(running, counters, now))
        running.note = CallNote(options.name, options.progress);
    if (!running.note) return;
    const Progressed made = running.progressed(counters);
    running.note.note({.items = made.items,
                       .done = made.done,
                       .failed = made.failed,
                       .restored = made.restored,
                       .seconds = now - running.begun});
}

}  // namespace

void ProgressNotes::note(RunningJob& running, const scheduling::JobCounters& counters, double time) noexcept {
    note_call(running, counters, time);
    const Progressed now = running.progressed(counters);
    note_progress(running.job->options().name, std::max(now.items, counters.items), now.done, now.failed);
}

void ProgressNotes::look(RunningJobs& jobs, const scheduling::Dispatcher& dispatcher, double now) noexcept {
    if (now < next_) return;
    next_ = now + between_looks;
    const auto first =
        std::min_element(jobs.begin(), jobs.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    if (first == jobs.end()) return;
    if (const auto counters = dispatcher.counters(first->first)) note(first->second, *counters, now);
    for (auto& [id, running] : jobs)
        if (const auto counters = dispatcher.counters(id)) note_call(running, *counters, now);
}

}  // namespace hecaton::detail
