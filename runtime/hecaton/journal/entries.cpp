#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <hecaton/journal/entries.hpp>
#include <hecaton/journal/schema.hpp>
#include <limits>

namespace hecaton::detail::journal {

namespace {

constexpr std::string_view columns =
    "call, idx, item, count, value, large, error, program, rank, host, attempts, started, duration, checksum";

std::string insert_or(const char* otherwise) {
    return fmt::format(
        "INSERT OR {} INTO entries({}) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)", otherwise,
        columns);
}

// SQLite's integers have a sign; the order of indices that are worth the name stays.
std::int64_t as_signed(std::uint64_t number) { return static_cast<std::int64_t>(number); }
std::uint64_t as_unsigned(std::int64_t number) { return static_cast<std::uint64_t>(number); }

std::uint64_t sum_of(std::span<const std::byte> bytes) { return digest(bytes).low; }
std::uint64_t sum_of(std::string_view text) { return sum_of(std::as_bytes(std::span(text.data(), text.size()))); }

std::int64_t checksum(CallNumber call, const Entry& entry, std::int64_t program) {
    const std::array<std::uint64_t, 15> all{as_unsigned(call),
                                            entry.index,
                                            entry.item.high,
                                            entry.item.low,
                                            entry.count,
                                            entry.value.size(),
                                            sum_of(entry.value),
                                            entry.failed ? 1U : 0U,
                                            entry.failed ? sum_of(entry.error) : 0,
                                            as_unsigned(program),
                                            static_cast<std::uint64_t>(entry.rank),
                                            sum_of(entry.host),
                                            entry.attempts,
                                            std::bit_cast<std::uint64_t>(entry.started),
                                            std::bit_cast<std::uint64_t>(entry.duration)};
    return as_signed(sum_of(std::as_bytes(std::span(all))));
}

}  // namespace

Entries::Entries(Database& database)
    : database_(database),
      insert_(database, insert_or("IGNORE")),
      replace_(database, insert_or("REPLACE")),
      old_(database, "SELECT error IS NOT NULL, count, large FROM entries WHERE call = ?1 AND idx = ?2 AND item = ?3"),
      find_(database,
            fmt::format("SELECT {} FROM entries WHERE call = ?1 AND idx >= ?2 AND idx <= ?3 ORDER BY idx", columns)),
      tally_(database,
             "SELECT sum(CASE WHEN error IS NULL THEN count END), sum(CASE WHEN error IS NULL THEN 0 ELSE count END) "
             "FROM entries WHERE call = ?1"),
      any_(database, "SELECT 1 FROM entries WHERE call = ?1 LIMIT 1"),
      insert_large_(database, "INSERT INTO large_values(value) VALUES(?1)"),
      find_large_(database, "SELECT value FROM large_values WHERE id = ?1"),
      remove_large_(database, "DELETE FROM large_values WHERE id = ?1") {}

void Entries::put(CallNumber call, const Entry& entry, std::int64_t program, Tally& tally) {
    const bool is_large = entry.value.size() > longest_inline_value;
    std::int64_t large = 0;
    if (is_large) {
        insert_large_.bind(1, entry.value).run();
        large = database_.last_row();
    }
    const auto fill = [&](Statement& statement) {
        statement.bind(1, call).bind(2, as_signed(entry.index)).bind(3, bytes_of(entry.item));
        statement.bind(4, as_signed(entry.count));
        if (is_large)
            statement.bind_null(5).bind(6, large);
        else
            statement.bind(5, entry.value).bind_null(6);
        if (entry.failed)
            statement.bind(7, entry.error);
        else
            statement.bind_null(7);
        statement.bind(8, program).bind(9, std::int64_t{entry.rank}).bind(10, entry.host);
        statement.bind(11, std::int64_t{entry.attempts}).bind(12, entry.started).bind(13, entry.duration);
        statement.bind(14, checksum(call, entry, program)).run();
    };
    fill(insert_);
    if (database_.changes() == 0) {
        remove_old(call, entry, tally);
        fill(replace_);
    }
    (entry.failed ? tally.failed : tally.done) += entry.count;
}

// Of the row that is about to be replaced: its long value, and its part of the tally.
void Entries::remove_old(CallNumber call, const Entry& entry, Tally& tally) {
    const Running running(old_);
    old_.bind(1, call).bind(2, as_signed(entry.index)).bind(3, bytes_of(entry.item));
    if (!old_.step()) return;
    std::uint64_t& counted = old_.integer(0) != 0 ? tally.failed : tally.done;
    counted -= std::min(counted, as_unsigned(old_.integer(1)));
    if (!old_.is_null(2)) remove_large_.bind(1, old_.integer(2)).run();
}

void Entries::find(CallNumber call, std::uint64_t first, std::uint64_t count,
                   const std::function<void(const Row&)>& use) {
    constexpr std::uint64_t last_index = std::numeric_limits<std::int64_t>::max();
    if (count == 0 || first > last_index) return;
    const std::uint64_t last = first + std::min(count - 1, last_index - first);
    const Running running(find_);
    find_.bind(1, call).bind(2, as_signed(first)).bind(3, as_signed(last));
    while (find_.step()) {
        const Running running_too(find_large_);
        use(read(find_, find_large_));
    }
}

Row Entries::read(Statement& found, Statement& large) {
    Row row;
    row.call = found.integer(0);
    row.program = found.integer(7);
    Entry& entry = row.entry;
    entry.index = as_unsigned(found.integer(1));
    if (const auto item = found.bytes(2); item.size() == sizeof entry.item)
        std::memcpy(&entry.item, item.data(), sizeof entry.item);
    entry.count = as_unsigned(found.integer(3));
    if (found.is_null(5))
        entry.value = found.bytes(4);
    else if (large.bind(1, found.integer(5)).step())
        entry.value = large.bytes(0);
    entry.failed = !found.is_null(6);
    entry.error = found.text(6);
    entry.rank = static_cast<std::int32_t>(found.integer(8));
    entry.host = found.text(9);
    entry.attempts = static_cast<std::uint32_t>(found.integer(10));
    entry.started = found.real(11);
    entry.duration = found.real(12);
    row.whole = found.integer(13) == checksum(row.call, entry, row.program);
    return row;
}

Tally Entries::tally(CallNumber call) {
    const Running running(tally_);
    if (!tally_.bind(1, call).step()) return {};
    return {as_unsigned(tally_.integer(0)), as_unsigned(tally_.integer(1))};
}

bool Entries::any(CallNumber call) {
    const Running running(any_);
    return any_.bind(1, call).step();
}

}  // namespace hecaton::detail::journal
