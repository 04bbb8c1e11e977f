// Inquiry: all ranks are asked which item they run, and how far their calls are.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <vector>

#include <launcher/link/messages.hpp>
#include <launcher/live/call_text.hpp>

namespace hecaton::launcher {

/// A state machine that reads no clock and does no I/O.
class Inquiry {
  public:
    using time = std::chrono::steady_clock::time_point;

    /// Somebody asks, while so many shims are connected. `aloud`: the answer is to be said. True: they are to be asked
    /// now.
    bool begin(std::size_t shims, time now, bool aloud);
    /// Whether the answers are to be said.
    bool aloud() const { return aloud_; }
    void answered(int rank, const link::Item& item);
    /// A call that the rank is the root of.
    void told(const link::Call& call);
    /// True once: all have answered, or have had a second for it.
    bool answered_all(time now);
    /// When answered_all() has to be asked at the latest.
    std::optional<time> next_time() const { return end_; }
    /// The answers, by rank.
    const std::map<int, link::Item>& items() const { return items_; }
    const std::vector<CallState>& calls() const { return calls_; }

  private:
    std::optional<time> end_;  // while it goes on
    std::size_t expected_ = 0;
    bool aloud_ = false;
    std::map<int, link::Item> items_;
    std::vector<CallState> calls_;
};

}  // namespace hecaton::launcher
