// Hosts: on which host each rank of a recording was.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include <launcher/report/data/recording.hpp>

namespace hecaton::launcher::report {

class Hosts {
  public:
    /// In the order of their first ranks. Ranks whose host is not known are together.
    explicit Hosts(const Recording& recording) {
        std::unordered_map<std::string, int> places;
        for (const auto& rank : recording.ranks) {
            const std::string name = rank.host.empty() ? "(unknown host)" : rank.host;
            const auto [found, fresh] = places.emplace(name, static_cast<int>(names_.size()));
            if (fresh) names_.push_back(name);
            of_ranks_.push_back(found->second);
        }
    }
    const std::vector<std::string>& names() const { return names_; }
    /// The place of each rank's host in names().
    const std::vector<int>& of_ranks() const { return of_ranks_; }

  private:
    std::vector<std::string> names_;
    std::vector<int> of_ranks_;
};

}  // namespace hecaton::launcher::report
