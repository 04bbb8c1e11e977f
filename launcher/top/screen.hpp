// What `hecaton top` shows of a run. Pure.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <launcher/live/call_text.hpp>
#include <launcher/live/snapshot.hpp>

namespace hecaton::launcher::top {

/// The calls of a run, and how fast they were from one snapshot to the next.
class Screen {
  public:
    /// Takes in the next one.
    void now(const Snapshot& snapshot);
    /// At most `rows` lines of at most `columns` columns: the run, its calls, and the ranks that run an item, those
    /// first that have been in it for longest. `rows` 0: all of them.
    std::vector<std::string> lines(std::size_t rows, std::size_t columns) const;

  private:
    Snapshot last_;
    std::map<std::pair<std::uint64_t, std::string>, CallState> calls_;
};

/// A line a run, as a table.
std::string table_of_runs(const std::vector<Snapshot>& runs);

}  // namespace hecaton::launcher::top
