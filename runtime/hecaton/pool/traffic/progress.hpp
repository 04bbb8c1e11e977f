// Progress: what MapOptions::progress shows on the root's standard error.
#pragma once

#include <cstdint>
#include <hecaton/tasks/error_record.hpp>
#include <string>

namespace hecaton::detail {

/// How far a call is, in items.
struct Progressed {
    std::uint64_t done = 0;  ///< the failed and the restored ones included
    std::uint64_t failed = 0;
    std::uint64_t restored = 0;  ///< from a journal: they took no time
    std::uint64_t items = 0;     ///< 0: nobody knows how many
};

/// The line for a call after `seconds`, for example
/// "sweep: 340 of 1000 items (34 %), 2 failed, after 12 s, about 23 s left".
std::string progress_line(const std::string& name, const Progressed& now, double seconds);

/// The line for an item that has failed, and for as many `others`, for example
/// ""sweep": item 412 on rank 7 of node3 failed: std::runtime_error: bad grid (and 8 more errors)".
std::string failure_line(const std::string& name, const ErrorRecord& error, std::uint64_t others);

/// When to show it: not before a second has passed, then once a second on a terminal, where each line takes the place
/// of the one before and is cut where the terminal ends, and at growing intervals, up to a minute, in a file. Where the
/// launcher shows the call, this shows only errors. Errors
/// are said at once, but once a second at most.
class Progress {
  public:
    Progress(std::string name, double begun);
    /// To be called now and then, with the seconds that the caller counts.
    void update(const Progressed& progressed, double now);
    /// An item has failed.
    void failed(const ErrorRecord& error, double now);
    /// The last line, if there was a first one.
    void finish(const Progressed& progressed, double now);

  private:
    void say_failure(double now);
    void show(const Progressed& progressed, double now, bool last);

    std::string name_;
    bool terminal_;
    bool shown_ = false;
    double begun_;
    double next_;
    ErrorRecord error_;             // the first of those that were not said yet
    std::uint64_t not_said_ = 0;    // so many
    double next_failure_ = begun_;  // when the next one may be said
};

}  // namespace hecaton::detail
