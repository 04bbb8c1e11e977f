#include <fmt/format.h>

#include <hecaton/foundation/error.hpp>
#include <hecaton/journal/refusal.hpp>

#include <launcher/base/figures.hpp>
#include <launcher/base/print.hpp>
#include <launcher/journal/actions.hpp>
#include <launcher/journal/archive.hpp>

namespace hecaton::launcher {
namespace {

namespace journal = detail::journal;

// What lies beside a journal that nobody has open, and what becomes of it.
std::string left_over(const journal::Place& place) {
    struct File {
        const char* suffix;
        const char* meaning;
    };
    static constexpr File files[] = {
        {"-wal",
         "a part of the journal, of a program that was killed; keep it beside the file, the next start takes it in"},
        {"-journal",
         "of a program that was killed in a commit; keep it beside the file, the next start undoes that commit"},
        {"-holder", "of a program that was killed; the next start on its host removes it"},
        {"-progress", "of a program that was killed; the next start replaces it"},
        {"-hecaton-new", "of a program that was killed while it made the journal; it may be removed"},
    };
    std::string text;
    std::error_code none;
    for (const auto& [suffix, meaning] : files)
        if (std::filesystem::file_size(place.beside(suffix), none) > 0 && !none)
            text += fmt::format("{}{}: {}\n", place.name, suffix, meaning);
    return text;
}

struct Findings {
    std::vector<std::string> problems;
    std::uint64_t results = 0;
    std::uint64_t failures = 0;
};

void check_rows(Archive& archive, Findings& found) {
    for (const auto& call : archive.all_calls())
        archive.entries().find(call.id, 0, UINT64_MAX, [&](const journal::Row& row) {
            ++(row.entry.failed ? found.failures : found.results);
            if (row.whole) return;
            found.problems.push_back(fmt::format("item {} of {} does not match its checksum; it counts as not computed",
                                                 row.entry.index, title(call.name, call.number)));
        });
    const auto strays = archive.database().number_of(
        "SELECT count(*) FROM entries WHERE call NOT IN (SELECT id FROM calls) OR program NOT IN (SELECT id FROM "
        "programs)");
    if (strays > 0)
        found.problems.push_back(fmt::format("{} of calls or programs that are not in it",
                                             counted(static_cast<std::uint64_t>(strays), "row")));
}

// Both checks go on as far as they come: one finds what the other does not.
Findings check(Archive& archive) {
    Findings found;
    const auto attempt = [&](const char* what, const auto& work) {
        try {
            work();
        } catch (const journal::SqliteError& error) {
            found.problems.push_back(fmt::format("{} ended early: {}", what, error.what()));
        }
    };
    attempt("the check of its structure", [&] {
        const std::string structure = journal::check_file(archive.database(), true);
        if (structure != "ok") found.problems.push_back(structure);
    });
    attempt("the check of its entries", [&] { check_rows(archive, found); });
    return found;
}

}  // namespace

int verify_journal(const JournalOptions& options) {
    const auto place = place_of_journal(options.file);
    const std::string beside = left_over(place);
    Archive archive(place, Archive::Use::read);
    const Findings found = check(archive);
    std::string text = beside;
    for (const auto& problem : found.problems) text += fmt::format("{}: {}\n", place.name, problem);
    const std::string verdict =
        found.problems.empty()
            ? fmt::format("ok: {} and {}", counted(found.results, "result"), counted(found.failures, "failure"))
            : fmt::format(
                  "damaged: {}; what matches its checksum is used, the rest is computed again as far as the "
                  "file can be opened",
                  counted(found.problems.size(), "problem"));
    const int status = print(fmt::format("{}{}: {}\n", text, place.name, verdict));
    return status != 0 || !found.problems.empty() ? 1 : 0;
}

}  // namespace hecaton::launcher
