// Times, sizes and tables as people read them; pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace hecaton::launcher {

/// "2026-11-29 13:40:02" here; "-" where it is 0.
std::string local_time(double seconds_since_1970);
/// "12:04" on the day of `now`, "2026-11-29 12:04" on another; "-" where it is 0.
std::string clock_time(double time, double now);
/// "3.2 MB".
std::string size_text(std::uintmax_t bytes);
/// "12 s", "4 min", "3.5 h".
std::string time_text(double seconds);
/// "0-2, 5"; the numbers rise.
std::string number_ranges(const std::vector<int>& numbers);
/// "1 failure", "2 failures".
std::string counted(std::uint64_t count, const std::string& noun);
std::string hexadecimal(std::span<const std::byte> bytes);
/// Columns as wide as their widest cell, the first line being their names. Numbers stand on the right.
std::string table(const std::vector<std::vector<std::string>>& lines);

}  // namespace hecaton::launcher
