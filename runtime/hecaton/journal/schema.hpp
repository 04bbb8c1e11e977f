// The tables of a journal's file.
#pragma once

#include <cstddef>
#include <cstdint>

namespace hecaton::detail::journal {

class Database;

inline constexpr std::uint32_t application_id = 0x4865634A;  ///< "HecJ", in the file's header
inline constexpr std::uint32_t format_version = 1;           ///< SQLite's user_version

/// Longer values lie in a table of their own: SQLite reads whole rows where it looks for one.
inline constexpr std::size_t longest_inline_value = 1024;

/// In one transaction: a file has all tables or none.
void create_tables(Database& database);

}  // namespace hecaton::detail::journal
