#include <launcher/deadline/job_end.hpp>

#include <fmt/format.h>

#include <hecaton/launch/job_end.hpp>

#include <launcher/base/refusal.hpp>
#include <launcher/deadline/allocation_end.hpp>

namespace hecaton::launcher {
namespace {

void take_earlier(JobEnd& end, JobEnd::By by, const std::optional<detail::launch::Moment>& at,
                  std::chrono::milliseconds span = {}) {
    if (at && (!end.at || *at < *end.at)) end = {.by = by, .at = at, .span = span};
}

}  // namespace

JobEnd job_end(const RunOptions& options, const detail::launch::MachineFacts& facts,
               std::chrono::system_clock::time_point now) {
    const TimeLimits& limits = options.limits;
    JobEnd end;
    if (limits.rehearsal.count() > 0) {
        take_earlier(end, JobEnd::By::rehearsal, limits.begun + limits.rehearsal, limits.rehearsal);
        return end;
    }
    if (limits.time.count() == 0) return end;
    if (limits.time > limits.time.zero()) take_earlier(end, JobEnd::By::time, limits.begun + limits.time, limits.time);
    const bool ask = !options.kept.journal.empty() && !end.at && !options.dry_run;
    take_earlier(end, JobEnd::By::allocation, allocation_end(facts.allocation, facts.environment, now, ask));
    const auto text = detail::launch::value(facts.environment, detail::launch::deadline_variable);
    if (text.empty() || text == "none") return end;
    const auto outside = detail::launch::moment(text);
    if (!outside)
        throw Refusal(wrong_command_line, fmt::format("{}={}: it is a moment in seconds since 1970, or none",
                                                      detail::launch::deadline_variable, text));
    take_earlier(end, JobEnd::By::outside, outside);
    return end;
}

std::string deadline_text(const RunOptions& options) {
    if (options.dry_run) return {};  // it would be over when the command is pasted
    if (!options.end.at) return options.limits.time.count() == 0 ? "none" : "";
    return fmt::format("{:.3f}", std::chrono::duration<double>(options.end.at->time_since_epoch()).count());
}

std::string span_text(std::chrono::milliseconds span) {
    const auto total = span.count();
    const auto hours = total / 3'600'000;
    const auto minutes = total / 60'000 % 60;
    const auto rest = static_cast<double>(total % 60'000) / 1'000;
    std::string text;
    if (hours > 0) text += fmt::format("{}h", hours);
    if (minutes > 0) text += fmt::format("{}m", minutes);
    if (rest > 0 || text.empty()) text += fmt::format("{:g}s", rest);
    return text;
}

std::string what_ends(const JobEnd& end) {
    switch (end.by) {
        case JobEnd::By::time:
            return fmt::format("the {} of --time", span_text(end.span));
        case JobEnd::By::rehearsal:
            return fmt::format("the {} of --rehearse-deadline", span_text(end.span));
        default:
            return "the time of the job";
    }
}

}  // namespace hecaton::launcher
