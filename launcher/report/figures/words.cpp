#include <launcher/report/figures/words.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include <launcher/base/figures.hpp>

namespace hecaton::launcher::report {
namespace {

constexpr double idle_that_matters = 0.05;  // of the time of all ranks
constexpr double good = 0.9;                // a factor that needs no explanation
constexpr std::size_t most_lines = 20;      // of the short table

// "item 812", and of which call where there are several.
std::string of_call(const Recording& recording, const Piece& piece) {
    const bool several = recording.calls.size() > 1;
    return items_text(piece) + (several ? fmt::format(" of {}", recording.calls[piece.call].title()) : "");
}

std::string tail_text(const Recording& recording, const Phase& phase, const Tail& tail) {
    std::string text = fmt::format("the last {} waited for ", time_text(tail.time));
    text += tail.one_piece ? of_call(recording, tail.last)
                           : fmt::format("{} of rank {}", counted(tail.items, "item"), tail.last.rank);
    if (tail.one_piece && tail.last.attempt > 1) text += " (run again after a loss)";
    if (tail.others > 0) text += fmt::format(" and for {}", counted(tail.others, "other rank"));
    if (!tail.one_piece) return text;
    if (tail.gain > 0)
        text += fmt::format("; with a cost hint it would have ended {} earlier", time_text(tail.gain));
    else if (tail.last.count == 1 && static_cast<double>(tail.last.duration) > 0.8 * phase.shares.wall)
        text += fmt::format("; that item alone takes {}, so no other order would help", time_text(tail.last.duration));
    return text;
}

// "rank 3 ran nothing", or "5 items for 8 ranks"; empty where each rank had something.
std::string idle_ranks(const Recording& recording, const Phase& phase, bool& too_few) {
    std::vector<bool> ran(recording.ranks.size());
    std::vector<bool> ours(recording.calls.size());
    for (const auto call : phase.calls) ours[call] = true;
    std::uint64_t items = 0;
    for (const auto& piece : recording.pieces) {
        if (!ours[piece.call]) continue;
        ran[piece.rank] = true;
        items += piece.count;
    }
    const auto workers = static_cast<std::size_t>(workers_of(recording));
    const auto first = ran.begin() + (workers == ran.size() ? 0 : 1);
    const auto idle = std::count(first, ran.end(), false);
    if (idle == 0) return {};
    too_few = items < workers;
    if (too_few) return fmt::format("{} for {} ranks", counted(items, "item"), workers);
    if (idle == 1) return fmt::format("rank {} ran nothing", std::find(first, ran.end(), false) - ran.begin());
    return fmt::format("{} ranks ran nothing", idle);
}

std::string cause(const Recording& recording, const Model& model, const Shares& all) {
    const auto& phase = model.phases[model.worst.value_or(0)];
    const auto& shares = phase.shares;
    const auto lost = std::ranges::count_if(recording.ranks, [](const Rank& rank) { return rank.lost_at.has_value(); });
    const double least = std::min({shares.balance(), shares.dispatch(), shares.start_and_tail()});
    const bool matters = phase.idle(model.workers) > idle_that_matters * all.wall * model.workers;
    if (least >= good || !matters) return {};
    const std::string where =
        model.phases.size() > 1 ? fmt::format(" in {}", recording.calls[phase.calls.front()].title()) : "";
    if (recording.call_times && least == shares.start_and_tail())
        return fmt::format("{} passed before the first item and {} after the last one{}",
                           time_text(phase.first_start - phase.begin), time_text(phase.end - phase.last_end), where);
    if (least == shares.balance()) {
        std::vector<std::string> causes;
        bool too_few = false;
        if (const auto idle = idle_ranks(recording, phase, too_few); !idle.empty()) causes.push_back(idle + where);
        if (model.tail && !too_few) causes.push_back(tail_text(recording, phase, *model.tail));
        if (!causes.empty()) return fmt::format("{}", fmt::join(causes, ", and "));
    }
    if (least == shares.dispatch())
        return fmt::format("between its items a rank waited for {} on average{}",
                           time_text(static_cast<Nanoseconds>(shares.active - shares.computing)), where);
    if (lost > 0) return fmt::format("{} lost", lost == 1 ? "a rank was" : fmt::format("{} ranks were", lost));
    return fmt::format("a rank had items for {} of {} on average{}", time_text(static_cast<Nanoseconds>(shares.active)),
                       time_text(static_cast<Nanoseconds>(shares.span)), where);
}

// A program without a call of a pool.
std::string without_calls(const Recording& recording) {
    const auto ranks = counted(recording.ranks.size(), "rank");
    double waited = 0;
    std::uint64_t count = 0;
    for (const auto& stretch : recording.stretches)
        if (!stretch.region) waited += seconds(stretch.duration), ++count;
    if (!recording.calls.empty())
        return fmt::format("{} for {}: no call of a pool was shared among them", ranks, time_text(recording.length));
    if (count == 0) return fmt::format("{} for {}: nothing was recorded", ranks, time_text(recording.length));
    const double share =
        waited / std::max(1e-9, seconds(recording.length) * static_cast<double>(recording.ranks.size()));
    return fmt::format("{} for {}: no call of a pool, {}, which took {} of the time", ranks,
                       time_text(recording.length), counted(count, "collective"),
                       share < 0.01 ? "less than 1 %" : percent(share));
}

std::string figure(double share) { return fmt::format("{:.0f}", 100 * share); }

}  // namespace

std::string time_text(Nanoseconds time) {
    const double s = seconds(time);
    const auto digits = [](double number, const char* unit) {
        return number < 9.95 ? fmt::format("{:.1f} {}", number, unit) : fmt::format("{:.0f} {}", number, unit);
    };
    if (time <= 0) return "0 s";
    if (time < 1'000) return fmt::format("{} ns", time);
    if (s < 999.5e-6) return digits(s * 1e6, "us");
    if (s < 0.9995) return digits(s * 1e3, "ms");
    if (s < 119.5) return digits(s, "s");
    const auto whole = static_cast<long>(std::llround(s));
    if (whole < 2 * 3'600) return fmt::format("{} min {} s", whole / 60, whole % 60);
    return fmt::format("{} h {} min", whole / 3'600, whole % 3'600 / 60);
}

std::string percent(double share) { return figure(share) + " %"; }

std::string items_text(const Piece& piece) {
    if (piece.count == 1) return fmt::format("item {}", piece.first);
    return fmt::format("items {}-{}", piece.first, piece.first + piece.count - 1);
}

std::string sentence(const Recording& recording, const Model& model) {
    if (!model.shares) return without_calls(recording);
    const auto& shares = *model.shares;
    std::string text = fmt::format("parallel efficiency {} = load balance {} × dispatch {}", percent(shares.parallel()),
                                   percent(shares.balance()), percent(shares.dispatch()));
    if (recording.call_times) text += fmt::format(" × start and tail {}", percent(shares.start_and_tail()));
    if (const auto why = cause(recording, model, shares); !why.empty()) text += ": " + why;
    return text;
}

std::vector<std::string> notes(const Recording& recording) {
    std::vector<std::string> made;
    if (!recording.end && recording.call_times)
        made.push_back(
            fmt::format("The job ended here, after {}, and not by itself: what follows is as far as it came.",
                        time_text(recording.length)));
    if (recording.dropped > 0)
        made.push_back(fmt::format("{} were too many for the ranks' memory, and are missing.",
                                   counted(recording.dropped, "event")));
    if (recording.unreadable > 0)
        made.push_back(fmt::format("{} of the recording could not be read.", counted(recording.unreadable, "line")));
    if (!recording.call_times)
        made.emplace_back(
            "Made from a CSV: it does not say what was before the first item of a call and after its last.");
    return made;
}

std::string short_text(const Recording& recording, const Model& model) {
    std::string text = sentence(recording, model) + "\n";
    for (const auto& note : notes(recording)) text += note + "\n";
    if (recording.calls.empty()) return text;
    std::vector<std::vector<std::string>> lines{
        {"call", "items", "failed", "lost", "wall", "computing", "efficiency", "balance", "dispatch", "start+tail"}};
    for (std::size_t i = 0; i < recording.calls.size() && i < most_lines; ++i) {
        const auto& figures = model.calls[i];
        std::vector<std::string> line{recording.calls[i].title(),     std::to_string(figures.items),
                                      std::to_string(figures.failed), std::to_string(figures.lost),
                                      time_text(figures.wall),        time_text(figures.computing)};
        if (const auto& shares = figures.shares) {
            for (const double share : {shares->parallel(), shares->balance(), shares->dispatch()})
                line.push_back(percent(share));
            line.push_back(recording.call_times ? percent(shares->start_and_tail()) : "-");
        }
        lines.push_back(std::move(line));
    }
    text += "\n" + table(lines);
    if (recording.calls.size() > most_lines)
        text += fmt::format("and {}\n", counted(recording.calls.size() - most_lines, "more call"));
    return text;
}

}  // namespace hecaton::launcher::report
