// RootRecording: where rank 0 records what ran where, and how that file comes here.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace hecaton::launcher {

struct RootRecording {
    std::string here = {};              ///< the file on this machine; empty: nothing is recorded
    std::vector<std::string> ssh = {};  ///< the command that reaches other machines
    std::string host = {};              ///< of rank 0; empty: this machine, or one that sees the same folder
    std::string there = {};             ///< the file on that host

    /// Rank 0 runs on that host, which need not see our folders; empty: here.
    void is_on(const std::string& other_host);
    /// Adds the variable for the ranks.
    void tell(std::vector<std::pair<std::string, std::string>>& environment) const;
    /// Brings the file from that host. Says a line where that is not possible, and returns false.
    bool fetch() const;
};

}  // namespace hecaton::launcher
