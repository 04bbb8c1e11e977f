#include <launcher/status/advice.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include <launcher/base/figures.hpp>
#include <launcher/base/refusal.hpp>

namespace hecaton::launcher::status {
namespace {

using batch::State;
using jobs::Known;

constexpr double mebi = 1 << 20;
constexpr double gibi = 1 << 30;
constexpr double slack = 1.1;  // of an estimate
constexpr int killed = 128 + 9;

// "3.9", "4"
std::string rounded(double number) {
    const std::string text = fmt::format("{:.1f}", number);
    return text.ends_with(".0") ? text.substr(0, text.size() - 2) : text;
}

std::string size(double bytes) {
    return bytes < gibi ? rounded(std::round(bytes / mebi)) + " MiB" : rounded(bytes / gibi) + " GiB";
}

// Twice as much, as --mem takes it.
std::string more_memory(double bytes) {
    if (2 * bytes < gibi) return fmt::format("{:.0f}M", std::ceil(2 * bytes / mebi / 128) * 128);
    return fmt::format("{:.0f}G", std::ceil(2 * bytes / gibi - 0.05));  // 4.01 GiB are meant to be 4
}

std::string fewer_ranks(const batch::Request& request, const char* option) {
    return request.ranks_per_node > 1
               ? fmt::format("fewer ranks on a node ({} {})", option, (request.ranks_per_node + 1) / 2)
               : std::string();
}

std::string memory_advice(const Known& known, const JobMemory& memory) {
    const auto& request = known.job.request;
    const auto had = static_cast<double>(memory.used);
    const auto limit = static_cast<double>(memory.limit);
    const std::string where = memory.node.empty() ? "" : " on " + memory.node;
    std::string text;
    // Memory that ranks share counts in each of them, so their sum may be above the limit.
    if (had > 0 && limit > 0)
        text = had < limit ? fmt::format("it used {} and was killed", memory_text(memory))
                           : fmt::format("it used all of its {}{} and was killed", size(limit), where);
    else if (had > 0 || limit > 0)
        text = fmt::format("it was killed for want of memory, {} {}{}",
                           had > 0 ? "when it had" : "of which it may have", size(std::max(had, limit)), where);
    else
        text = "it was killed for want of memory";
    std::string more;
    if (known.job.scheduler != "local" && known.job.scheduler != "flux")  // no limit that a job could ask for
        more = std::max(had, limit) > 0 ? "--mem " + more_memory(limit > 0 ? limit : had) : "more --mem";
    const std::string fewer = fewer_ranks(request, request.nodes > 1 ? "--ranks-per-node" : "-n");
    if (more.empty() && fewer.empty()) return text + ": it needs a machine with more memory";
    return fmt::format("{}: submit it again with {}{}{}", text, more,
                       !more.empty() && !fewer.empty() ? ", or with " : "", fewer);
}

// As --time takes it: "2h45m".
std::string time_option(double seconds) {
    const double step = seconds < 3'600 ? 300 : seconds < 4 * 3'600 ? 900 : 3'600;
    const auto minutes = static_cast<long>(std::ceil(seconds / step) * step / 60);
    if (minutes < 60) return fmt::format("{}m", minutes);
    return minutes % 60 == 0 ? fmt::format("{}h", minutes / 60) : fmt::format("{}h{}m", minutes / 60, minutes % 60);
}

// "2:00:00"
std::string clock(long seconds) {
    return fmt::format("{}:{:02}:{:02}", seconds / 3'600, seconds / 60 % 60, seconds % 60);
}

// All runs of a job with a journal have done their part; else only the last one has.
double time_spent(const Known& known) {
    if (!known.record) return 0;
    const auto& record = *known.record;
    double all = std::max(record.ended, record.alive) - record.begun;
    if (!known.job.journal.empty())
        for (const auto& run : record.runs) all += std::max(0.0, run.ended - run.begun);
    return all;
}

bool out_of_its_time(const Known& known) { return known.state == State::timed_out || known.status == out_of_time; }

std::string time_advice(const Known& known) {
    const auto& request = known.job.request;
    const auto limit = static_cast<double>(request.limit.count());
    const bool partly = known.record && known.record->done > 0 && known.record->done < known.record->total;
    std::string text = limit > 0 ? fmt::format("it needed more than its {}", clock(request.limit.count()))
                                 : std::string("it needed more than the time of its queue");
    double whole = 2 * limit;
    double rest = 0;
    if (partly) {
        const auto total = static_cast<double>(known.record->total);
        const auto done = static_cast<double>(known.record->done);
        text += fmt::format(" with {} of {} items done", known.record->done, known.record->total);
        whole = time_spent(known) * total / done * slack;
        rest = whole - time_spent(known);
    }
    const std::string more = whole > limit && whole > 0 ? "--time " + time_option(whole) : "more --time";
    if (known.job.journal.empty()) return fmt::format("{}: {}, or --journal with --restarts", text, more);
    const std::string runs = request.restarts > 0 ? fmt::format("; --restarts {} were too few", request.restarts)
                                                  : std::string("; --restarts would do that by itself");
    const std::string about = rest > 0 ? fmt::format(" (about {} more)", time_option(rest)) : std::string();
    return fmt::format("{}: its journal keeps them, so submit it again for the rest{}{}", text, about, runs);
}

}  // namespace

JobMemory memory_of(const Known& known) {
    constexpr double near = 0.9;
    const auto& request = known.job.request;
    JobMemory found;
    std::uint64_t on_each = 0;
    bool said = false;
    if (known.view) {
        on_each = known.view->memory / static_cast<std::uint64_t>(std::max(1, request.nodes));
        found.limit = known.view->memory_limit;
        said = known.view->out_of_memory;
    }
    if (known.record) {
        found.used = known.record->memory;
        found.node = known.record->memory_host;
        if (found.limit == 0) found.limit = known.record->memory_limit;
        said = said || known.record->out_of_memory;
    }
    if (found.used == 0) found.used = on_each;
    if (request.memory > 0 && known.job.scheduler != "local")
        found.limit = static_cast<std::uint64_t>(request.memory) << 20;
    const bool at_limit =
        found.limit > 0 && static_cast<double>(std::max(found.used, on_each)) > near * static_cast<double>(found.limit);
    // Grid Engine says the same of a job that is at its limit of time and of one that is at that of memory.
    const bool at_a_limit = known.status == killed || (known.job.scheduler == "sge" && known.state == State::timed_out);
    found.exhausted = known.ended() && known.state != State::done && (said || (at_a_limit && at_limit));
    return found;
}

std::string memory_text(const JobMemory& memory) {
    if (memory.used == 0) return {};
    const auto used = static_cast<double>(memory.used);
    const auto limit = static_cast<double>(memory.limit);
    std::string text = size(used);
    if (memory.limit > 0) {
        const bool alike = (used < gibi) == (limit < gibi);  // the unit once
        text = (alike ? text.substr(0, text.find(' ')) : text) + " of " + size(limit);
    }
    return memory.node.empty() ? text : text + " on " + memory.node;
}

std::string advice(const Known& known) {
    if (!known.ended() || known.state == State::done || known.state == State::cancelled) return {};
    if (const auto memory = memory_of(known); memory.exhausted) return memory_advice(known, memory);
    if (out_of_its_time(known)) return time_advice(known);
    if (known.state == State::lost && known.job.request.restarts == 0)
        return known.job.journal.empty()
                   ? "submit it again; with --journal and --restarts a job goes on by itself after such an end"
                   : "submit it again: its journal keeps what is done; --restarts would do that by itself";
    return {};
}

}  // namespace hecaton::launcher::status
