// How fast the items of a call are finished, and how long the rest takes.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <utility>

namespace hecaton::launcher {

/// Seconds, as far as that can be said.
struct TimeLeft {
    double low = 0;
    double high = 0;
};

/// "about 50 s left"; "40 to 60 s left" where both differ by more than a quarter.
std::string left_text(const TimeLeft& left);

/// Reads no clock.
class Pace {
  public:
    /// So many items were computed in the first `seconds` of the call.
    void add(double seconds, std::uint64_t items);
    /// Items a second: in the last quarter of the call's time where several were finished in that, else in all of it.
    double rate() const;
    /// The time for that many more. Its spread comes from the difference between the last quarter and the whole, and
    /// from the number of items that were counted. Nothing before two items are finished.
    std::optional<TimeLeft> left(std::uint64_t items) const;

  private:
    using Sample = std::pair<double, std::uint64_t>;

    std::optional<double> recent_rate() const;

    std::deque<Sample> samples_{{0, 0}};  // far enough from one another
    Sample last_;
};

}  // namespace hecaton::launcher
