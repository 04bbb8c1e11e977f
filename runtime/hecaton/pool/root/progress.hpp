// Progress: what MapOptions::progress shows on the root's standard error.
#pragma once

#include <cstdint>
#include <string>

namespace hecaton::detail {

/// The line for a call that has run `done` of `items` items (0: nobody knows how many) in `seconds`, for example
/// "sweep: 340 of 1000 items (34 %) after 12 s, about 23 s left".
std::string progress_line(const std::string& name, std::uint64_t done, std::uint64_t items, double seconds);

/// When to show it: not before a second has passed, then once a second on a terminal, where each line takes the place
/// of the one before, and at growing intervals, up to a minute, in a file.
class Progress {
  public:
    Progress(std::string name, double begun);
    /// To be called now and then, with the seconds that the caller counts.
    void update(std::uint64_t done, std::uint64_t items, double now);
    /// The last line, if there was a first one.
    void finish(std::uint64_t done, std::uint64_t items, double now);

  private:
    void show(std::uint64_t done, std::uint64_t items, double now, bool last);

    std::string name_;
    bool terminal_;
    bool shown_ = false;
    double begun_;
    double next_;
};

}  // namespace hecaton::detail
