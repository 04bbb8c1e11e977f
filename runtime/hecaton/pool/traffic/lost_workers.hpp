// LostWorkers: which workers have died, and how, in the words of messages and errors.
#pragma once

#include <cstdint>
#include <hecaton/foundation/rank_notes.hpp>
#include <hecaton/tasks/error_record.hpp>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace hecaton::detail {

class LostWorkers {
  public:
    /// `hosts` are the ranks' hosts; null: not known.
    explicit LostWorkers(std::shared_ptr<const std::vector<std::string>> hosts) : hosts_(std::move(hosts)) {}

    /// `how.rank` is the rank in the pool.
    void add(int worker, const LostRank& how) { lost_[worker] = how; }

    /// How it ended: "killed by SIGKILL".
    static std::string end_of(const LostRank& how);
    /// One line for the user. `name` is that of the call that it worked for, `others` the number of items that it held
    /// beside the one that it ran.
    std::string line(int worker, const std::string& name, std::uint64_t others) const;
    /// The error of an item that was given up because the worker that ran it last is lost. `attempts`: so often was it
    /// run; 0: never.
    ErrorRecord error(int worker, std::uint32_t attempts) const;

  private:
    const std::string& host(int rank) const;

    std::shared_ptr<const std::vector<std::string>> hosts_;
    std::unordered_map<int, LostRank> lost_;
};

}  // namespace hecaton::detail
