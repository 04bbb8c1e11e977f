// What is new of the calls that a rank is the root of, as far as the launcher wants to know.
#pragma once

#include <chrono>
#include <map>
#include <vector>

#include <launcher/link/messages.hpp>

namespace hecaton::launcher {

/// Reads no clock.
class CallNews {
  public:
    using time = std::chrono::steady_clock::time_point;

    /// `all`: not only the calls that are wanted.
    explicit CallNews(bool all) : all_(all) {}
    /// `noted` is all that is known now, which is to be looked up at next() where there is any(). Returns those that
    /// are to be told: twice a second at most, and the end of each once.
    std::vector<link::Call> take(const std::vector<link::Call>& noted, time now);
    /// The same at the rank's end, which is the end of its calls.
    std::vector<link::Call> rest(std::vector<link::Call> noted);
    time next() const { return next_; }
    /// Some call goes on.
    bool any() const { return !told_.empty(); }

  private:
    bool all_;
    time next_;
    std::map<std::uint64_t, link::Call> told_;  // of those that have not ended, by number
};

}  // namespace hecaton::launcher
