// Inquiry: all ranks are asked which item they run.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>

#include <launcher/link/messages.hpp>

namespace hecaton::launcher {

/// A state machine that reads no clock and does no I/O.
class Inquiry {
  public:
    using time = std::chrono::steady_clock::time_point;

    /// Somebody asks, while so many shims are connected. True: they are to be asked now.
    bool begin(std::size_t shims, time now);
    void answered(int rank, const link::Item& item);
    /// True once: all have answered, or have had a second for it.
    bool answered_all(time now);
    /// When answered_all() has to be asked at the latest.
    std::optional<time> next_time() const { return end_; }
    /// The answers, by rank.
    const std::map<int, link::Item>& items() const { return items_; }

  private:
    std::optional<time> end_;  // while it goes on
    std::size_t expected_ = 0;
    std::map<int, link::Item> items_;
};

}  // namespace hecaton::launcher
