#include <launcher/journal/archive.hpp>

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <hecaton/journal/refusal.hpp>
#include <string_view>

#include <launcher/base/refusal.hpp>

namespace hecaton::launcher {

namespace journal = detail::journal;

journal::Place place_of_journal(const std::string& file) {
    journal::Place place = journal::find_place(file);
    if (place.is_new) journal::refuse(file, "is not there, or empty");
    return place;
}

std::string title(const std::string& name, std::uint64_t number) {
    const std::string text = name.empty() ? "(unnamed)" : name;
    return number == 0 ? text : fmt::format("{} [{}]", text, number);
}

Archive::Archive(const journal::Place& place, Use use) : place_(place), use_(use) {
    const bool writable = ::access(place.file.parent_path().c_str(), W_OK) == 0;
    if (use == Use::change || writable) holder_ = std::make_unique<journal::Holder>(place, "");
    const bool locks = !holder_ || holder_->locks_work();
    try {
        if (use == Use::change) {
            const auto storage = journal::storage_of(place.file.parent_path());
            database_ = journal::open_file(place, {storage, journal::Durability::process, locks});
        } else {
            journal::check_header(place);
            const auto mode = writable ? journal::Database::Mode::write : journal::Database::Mode::read;
            database_ = journal::Database(place.file.string(), mode, locks);
            database_.run("PRAGMA locking_mode = EXCLUSIVE");
            database_.keep_log(true);
        }
        entries_ = std::make_unique<journal::Entries>(database_);
        calls_ = std::make_unique<journal::Calls>(database_);
    } catch (const journal::SqliteError& error) {
        journal::refuse(place.name, journal::explain(error.code(), error.what()));
    }
}

Archive::~Archive() {
    calls_.reset();
    entries_.reset();
    if (use_ == Use::change) journal::close_file(database_, true);
}

std::vector<CallRow> Archive::all_calls(const std::string& chosen) {
    journal::Statement statement(
        database_, "SELECT id, name, number, kind, version, items, program, begun FROM calls ORDER BY begun, id");
    std::vector<CallRow> all;
    while (statement.step())
        all.push_back({statement.integer(0), std::string(statement.text(1)),
                       static_cast<std::uint64_t>(statement.integer(2)), std::string(statement.text(3)),
                       std::string(statement.text(4)), static_cast<std::uint64_t>(statement.integer(5)),
                       statement.integer(6), statement.real(7)});
    if (chosen.empty()) return all;
    const bool named = std::ranges::find(all, chosen, &CallRow::name) != all.end();
    std::erase_if(all, [&](const CallRow& row) { return (named ? row.name : fmt::to_string(row.id)) != chosen; });
    if (all.empty())
        throw Refusal(wrong_command_line, fmt::format("{} has no call {}; `hecaton journal show {}` lists them",
                                                      place_.name, chosen, place_.name));
    return all;
}

}  // namespace hecaton::launcher
