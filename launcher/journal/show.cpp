#include <fmt/format.h>

#include <hecaton/journal/owner.hpp>
#include <hecaton/journal/progress_file.hpp>
#include <hecaton/journal/refusal.hpp>

#include <launcher/base/figures.hpp>
#include <launcher/base/print.hpp>
#include <launcher/journal/actions.hpp>
#include <launcher/journal/archive.hpp>

namespace hecaton::launcher {
namespace {

namespace journal = detail::journal;

// "987 of 1000"; the number of items of an endless input is not known.
std::string done_text(std::uint64_t done, std::uint64_t items) {
    return items == 0 ? fmt::to_string(done) : fmt::format("{} of {}", done, items);
}

// Nobody opens a journal that is in use.
int show_live(const journal::Place& place, const journal::Owner& owner, const std::string& call) {
    if (!call.empty())
        journal::refuse(place.name,
                        fmt::format("{} uses it; its entries can be listed when that has ended", owner.describe()));
    const auto progress = journal::read_progress(place.beside("-progress"));
    const std::string commit =
        progress && progress->commit > 0 ? "last commit " + local_time(progress->commit) : "nothing was committed yet";
    // Of a process on another host nobody here knows whether it has ended.
    const char* use = journal::alive(owner) == journal::Alive::yes ? "in use by" : "may be in use by";
    std::string text = fmt::format("{}: {} {}; {}\n", place.name, use, owner.describe(), commit);
    if (!progress) return print(text);
    if (!progress->problem.empty()) text += fmt::format("no more results are kept: {}\n", progress->problem);
    std::vector<std::vector<std::string>> lines{{"id", "call", "kind", "done", "failed"}};
    for (const auto& one : progress->calls)
        lines.push_back({fmt::to_string(one.call), title(one.name, one.number), one.kind,
                         done_text(one.done, one.items), fmt::to_string(one.failed)});
    return print(text + table(lines));
}

int show_calls(Archive& archive) {
    std::uint64_t done = 0;
    std::uint64_t failed = 0;
    const auto calls = archive.all_calls();
    std::vector<std::vector<std::string>> lines{{"id", "call", "kind", "done", "failed", "begun", "build"}};
    for (const auto& call : calls) {
        const auto tally = archive.entries().tally(call.id);
        done += tally.done;
        failed += tally.failed;
        lines.push_back({fmt::to_string(call.id), title(call.name, call.number), call.kind,
                         done_text(tally.done, call.items), fmt::to_string(tally.failed), local_time(call.begun),
                         archive.calls().program(call.program).build});
    }
    std::string text = fmt::format("{}: {}, {} and {} in {}\n", archive.place().name, counted(calls.size(), "call"),
                                   counted(done, "result"), counted(failed, "failure"),
                                   size_text(std::filesystem::file_size(archive.place().file)));
    if (!calls.empty()) text += table(lines);
    journal::Statement programs(archive.database(), "SELECT id FROM programs ORDER BY id");
    while (programs.step()) text += archive.calls().program(programs.integer(0)).describe() + "\n";
    return print(text);
}

int show_entries(Archive& archive, const std::string& chosen) {
    for (const auto& call : archive.all_calls(chosen)) {
        std::vector<std::vector<std::string>> lines{
            {"index", "items", "state", "rank", "host", "attempts", "started", "seconds", "error"}};
        archive.entries().find(call.id, 0, UINT64_MAX, [&](const journal::Row& row) {
            const auto& entry = row.entry;
            const char* state = !row.whole ? "damaged" : entry.failed ? "failed" : "done";
            lines.push_back({fmt::to_string(entry.index), fmt::to_string(entry.count), state,
                             fmt::to_string(entry.rank), std::string(entry.host), fmt::to_string(entry.attempts),
                             local_time(entry.started), fmt::format("{:.3f}", entry.duration),
                             journal::one_line(std::string(entry.error))});
        });
        const int status = print(fmt::format("{} ({}), {}:\n{}", title(call.name, call.number), call.kind,
                                             archive.calls().program(call.program).describe(), table(lines)));
        if (status != 0) return status;
    }
    return 0;
}

}  // namespace

int show_journal(const JournalOptions& options) {
    const auto place = place_of_journal(options.file);
    const auto owner = journal::owner_of(place);
    if (owner.pid != 0 && journal::alive(owner) != journal::Alive::no) return show_live(place, owner, options.call);
    Archive archive(place, Archive::Use::read);
    return options.call.empty() ? show_calls(archive) : show_entries(archive, options.call);
}

}  // namespace hecaton::launcher
