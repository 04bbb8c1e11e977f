#include <fmt/format.h>

#include <hecaton/foundation/log.hpp>
#include <hecaton/pool/traffic/early_ends.hpp>
#include <utility>

namespace hecaton::detail {
namespace {

// The error of an item without a result.
ErrorRecord not_finished(std::string text) {
    return {.kind = ErrorRecord::Kind::task_cancelled,
            .index = 0,
            .rank = -1,
            .host = {},
            .type_name = "hecaton::TaskCancelled",
            .text = std::move(text)};
}

}  // namespace

std::string interrupted_line(const std::string& name, const scheduling::JobCounters& counters, bool returned) {
    const std::string all = counters.open ? "" : fmt::format(" of {}", counters.items);
    return fmt::format("interrupted: {}{} items of {} are done{}; press Ctrl-C again to end it",
                       counters.done_before + counters.finished, all,
                       name.empty() ? "a call without a name" : '"' + name + '"',
                       returned ? " and are returned" : ", and the call throws hecaton::TaskCancelled");
}

void EarlyEnds::note_failures(const RunningJob& running, std::uint64_t before) {
    const Job& job = *running.job;
    if (job.failed() != before && job.options().on_error == OnError::stop) failed_.push_back(running.id);
}

void EarlyEnds::stop_failed_jobs(double now) {
    for (; !failed_.empty(); failed_.pop_back()) {
        const RunningJob* const running = jobs_.find(failed_.back());
        if (running == nullptr || running->error) continue;
        Job& job = *running->job;
        if (job.early_end() == nullptr)
            job.end_early(
                not_finished(fmt::format(
                    "item {} had failed before this one was finished, and MapOptions::on_error is OnError::stop",
                    job.first_error().index)),
                false);
        job.cut_input();
        dispatcher_.cut(running->id, job.end_after_errors(), now);
    }
}

void EarlyEnds::heed_interrupt(double now) {
    const int noted = noted_interrupts();
    if (std::exchange(interrupts_, noted) == noted) return;
    for (auto& [id, running] : jobs_) {
        Job& job = *running.job;
        const auto counters = dispatcher_.counters(id);
        if (!job.options().keep_on_interrupt || running.error || !counters) continue;
        job.end_early(not_finished("interrupted by Ctrl-C (SIGINT) before it was finished"), true);
        job.cut_input();
        log::line(interrupted_line(job.options().name, *counters, job.errors_are_results()));
        dispatcher_.cut(id, 0, now);
    }
}

}  // namespace hecaton::detail
