// What ran, from the program's trace and the journal: nothing that was committed runs again.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace chaos {

/// "CALL ITEM"
using Items = std::set<std::string>;

/// The items whose results a journal has, out of the lines of `hecaton journal export --format csv`. Throws
/// std::runtime_error where one is damaged.
Items committed_items(const std::vector<std::string>& csv);

/// What is wrong with the lines of a trace from `begin` on, which one start of the job has written, with its restarts;
/// empty: nothing. `committed` are the items that the journal had before.
std::string wrong_in_trace(const std::vector<std::string>& lines, std::size_t begin, const Items& committed);

}  // namespace chaos
