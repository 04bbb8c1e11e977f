#include <fmt/format.h>

#include <hecaton/journal/schema.hpp>
#include <hecaton/journal/sqlite.hpp>

namespace hecaton::detail::journal {

namespace {

constexpr const char* tables = R"(
CREATE TABLE programs(
    id INTEGER PRIMARY KEY,
    build TEXT NOT NULL UNIQUE,  -- its build id, in hexadecimal digits
    path TEXT NOT NULL,
    date REAL NOT NULL           -- when its file was last changed, in seconds since 1970
);
CREATE TABLE calls(
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    number INTEGER NOT NULL,     -- so many calls of that name came before
    kind TEXT NOT NULL,
    version TEXT NOT NULL,
    content BLOB NOT NULL,       -- a digest of all else that decides what an item's result is
    place TEXT NOT NULL,         -- where its functions lie in the program
    program INTEGER NOT NULL REFERENCES programs(id),  -- that made it last
    items INTEGER NOT NULL,      -- as far as was known
    begun REAL NOT NULL          -- the last time
);
CREATE INDEX calls_by_name ON calls(name, number);
CREATE TABLE entries(
    call INTEGER NOT NULL REFERENCES calls(id),
    idx INTEGER NOT NULL,        -- of the item; of the first one of a block
    item BLOB NOT NULL,          -- a digest of the item's, or the block's, content
    count INTEGER NOT NULL,      -- items of the block
    value BLOB,                  -- the result; of a failure an error record
    large INTEGER,               -- where the value is long: its row in large_values
    error TEXT,                  -- of a failure only
    program INTEGER NOT NULL REFERENCES programs(id),  -- that computed it
    rank INTEGER NOT NULL,
    host TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    started REAL NOT NULL,       -- seconds since 1970; 0: not known
    duration REAL NOT NULL,      -- seconds
    checksum INTEGER NOT NULL,   -- of all of the above
    PRIMARY KEY(call, idx, item)
) WITHOUT ROWID;
CREATE TABLE large_values(id INTEGER PRIMARY KEY, value BLOB NOT NULL);
)";

}  // namespace

void create_tables(Database& database) {
    database.run("BEGIN IMMEDIATE");
    database.run(fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}", application_id, format_version));
    database.run(tables);
    database.run("COMMIT");
}

}  // namespace hecaton::detail::journal
