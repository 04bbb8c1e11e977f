#include <fmt/format.h>

#include <hecaton/journal/refusal.hpp>

#include <launcher/base/figures.hpp>
#include <launcher/base/print.hpp>
#include <launcher/base/refusal.hpp>
#include <launcher/journal/actions.hpp>
#include <launcher/journal/archive.hpp>

namespace hecaton::launcher {
namespace {

namespace journal = detail::journal;

// The programs whose build id begins with the text.
std::vector<std::int64_t> programs_of(Archive& archive, const std::string& build) {
    journal::Statement statement(archive.database(), "SELECT id FROM programs WHERE substr(build, 1, length(?1)) = ?1");
    statement.bind(1, build);
    std::vector<std::int64_t> found;
    while (statement.step()) found.push_back(statement.integer(0));
    if (found.empty())
        throw Refusal(wrong_command_line,
                      fmt::format("{} has nothing of build {}; `hecaton journal show {}` lists the builds",
                                  archive.place().name, build, archive.place().name));
    return found;
}

void choose(journal::Database& database, const char* into, const std::vector<std::int64_t>& ids) {
    journal::Statement statement(database, fmt::format("INSERT OR IGNORE INTO temp.{} VALUES(?1)", into));
    for (const std::int64_t id : ids) statement.bind(1, id).run();
}

std::vector<std::int64_t> all_ids(journal::Database& database, const char* sql) {
    journal::Statement statement(database, sql);
    std::vector<std::int64_t> found;
    while (statement.step()) found.push_back(statement.integer(0));
    return found;
}

}  // namespace

int forget_journal(const JournalOptions& options) {
    Archive archive(place_of_journal(options.file), Archive::Use::change);
    auto& database = archive.database();
    const auto before = std::filesystem::file_size(archive.place().file);
    database.run(
        "CREATE TEMP TABLE chosen_calls(id INTEGER PRIMARY KEY); CREATE TEMP TABLE chosen_programs(id INTEGER PRIMARY "
        "KEY)");
    std::vector<std::int64_t> calls;
    for (const auto& call : archive.all_calls(options.call)) calls.push_back(call.id);
    choose(database, "chosen_calls", calls);
    choose(database, "chosen_programs",
           options.build.empty() ? all_ids(database, "SELECT id FROM programs") : programs_of(archive, options.build));
    const std::string chosen = fmt::format("FROM entries WHERE call IN chosen_calls AND program IN chosen_programs{}",
                                           options.failed ? " AND error IS NOT NULL" : "");
    const auto count = [&](const char* what) {
        return static_cast<std::uint64_t>(
            database.number_of(fmt::format("SELECT count(*) {} AND {}", chosen, what).c_str()));
    };
    const auto results = count("error IS NULL");
    const auto failures = count("error IS NOT NULL");
    database.run("BEGIN IMMEDIATE");
    database.run(fmt::format("DELETE FROM large_values WHERE id IN (SELECT large {})", chosen));
    database.run(fmt::format("DELETE {}", chosen));
    if (!options.failed)
        database.run(
            "DELETE FROM calls WHERE id IN chosen_calls AND program IN chosen_programs AND "
            "id NOT IN (SELECT call FROM entries)");
    database.run("DELETE FROM programs WHERE id NOT IN (SELECT program FROM entries UNION SELECT program FROM calls)");
    database.run("COMMIT");
    std::string room;
    try {
        database.run("VACUUM");
        database.run("PRAGMA wal_checkpoint(TRUNCATE)");
    } catch (const journal::SqliteError& error) {
        room = fmt::format("; it could not be made smaller: {}", journal::explain(error.code(), error.what()));
    }
    return print(fmt::format("{}: forgot {} and {}; the file has {} now, and had {}{}\n", archive.place().name,
                             counted(results, "result"), counted(failures, "failure"),
                             size_text(std::filesystem::file_size(archive.place().file)), size_text(before), room));
}

}  // namespace hecaton::launcher
