#include <launcher/deadline/allocation_end.hpp>

#include <charconv>
#include <hecaton/foundation/subprocess.hpp>

namespace hecaton::launcher {
namespace {

using detail::launch::Allocation;
using detail::launch::Moment;
using detail::launch::Scheduler;
using std::chrono::seconds;

constexpr auto patience = std::chrono::seconds(10);  // with a command of the batch system's

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

std::string_view last_line(std::string_view text) {
    text = trimmed(text);
    return trimmed(text.substr(text.rfind('\n') + 1));
}

// "1-02:03:04", "02:03:04", "03:04", "04": the last number is in units of `unit` seconds. Nothing for other text.
std::optional<seconds> span(std::string_view text, long long unit) {
    long long days = 0;
    long long total = 0;
    int parts = 0;
    for (bool more = true; more; ++parts) {
        long long number = -1;
        const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (problem != std::errc() || number < 0 || number > 1'000'000'000) return std::nullopt;
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
        const bool dash = parts == 0 && text.starts_with('-');
        more = dash || text.starts_with(':');
        if (more) text.remove_prefix(1);
        if (dash) {
            days = number;
        } else {
            total = total * 60 + number;
        }
    }
    if (!text.empty() || parts > 4) return std::nullopt;
    return seconds(days * 86'400 + total * unit);
}

std::optional<seconds> read_squeue(std::string_view output) { return span(last_line(output), 1); }

// "3:55 L": hours and minutes, and a letter for the kind of the limit.
std::optional<seconds> read_bjobs(std::string_view output) {
    const std::string_view line = last_line(output);
    return span(line.substr(0, line.find(' ')), 60);
}

// The value of "    name = 01:00:00" in what qstat -f prints.
std::optional<seconds> attribute(std::string_view output, std::string_view name) {
    for (auto at = output.find(name); at != std::string_view::npos; at = output.find(name, at + 1)) {
        std::string_view rest = trimmed(output.substr(at + name.size(), output.find('\n', at) - at - name.size()));
        if (!rest.starts_with('=')) continue;
        return span(trimmed(rest.substr(1)), 1);
    }
    return std::nullopt;
}

std::optional<seconds> read_qstat(std::string_view output) {
    const auto limit = attribute(output, "Resource_List.walltime");
    if (!limit) return std::nullopt;
    const auto used = attribute(output, "resources_used.walltime");  // not there in the job's first moments
    return *limit - used.value_or(seconds(0));
}

// Whole seconds. A very large number stands for no limit, and 0 for a job that is over.
std::optional<seconds> read_flux(std::string_view output) {
    const auto left = span(trimmed(output), 1);
    constexpr auto longest = std::chrono::hours(24 * 365 * 50);
    return left && left->count() > 0 && *left < longest ? left : std::nullopt;
}

}  // namespace

std::optional<EndQuestion> end_question(const Allocation& allocation) {
    const std::string& job = allocation.job;
    switch (allocation.scheduler) {
        case Scheduler::slurm:  // before 22.05
            return EndQuestion{{"squeue", "-h", "-j", job, "-o", "%L"}, &read_squeue};
        case Scheduler::lsf:
            return EndQuestion{{"bjobs", "-noheader", "-o", "time_left", job}, &read_bjobs};
        case Scheduler::pbs:
            return EndQuestion{{"qstat", "-f", job}, &read_qstat};
        case Scheduler::flux:
            return EndQuestion{{"flux", "job", "timeleft"}, &read_flux};
        default:
            return std::nullopt;
    }
}

std::optional<Moment> allocation_end(const Allocation& allocation, const detail::launch::Variables& environment,
                                     Moment now, bool ask) {
    if (const auto told = detail::launch::allocation_end(environment, now)) return told;
    const auto question = ask ? end_question(allocation) : std::nullopt;
    if (!question) return std::nullopt;
    const auto answer =
        detail::Subprocess::run({.argv = question->argv, .errors = detail::Subprocess::Errors::apart}, patience);
    if (answer.problem != 0 || answer.late || answer.status != 0) return std::nullopt;
    const auto left = question->read(answer.output);
    return left && left->count() > 0 ? std::optional(now + *left) : std::nullopt;
}

}  // namespace hecaton::launcher
