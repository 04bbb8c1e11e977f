// Since when a rank runs its item, as its shim sees it.
#pragma once

#include <chrono>

#include <launcher/base/poll_set.hpp>
#include <launcher/watch/running_item.hpp>

namespace hecaton::launcher {

/// Looks at the page once a second, so that nothing is added to an item; that is how exact the time is. Reads no clock.
class ItemTime {
  public:
    using time = std::chrono::steady_clock::time_point;

    explicit ItemTime(const RunningItem& item) : item_(item) {}
    void look(time now);
    /// When look() is to be called.
    time next() const { return next_; }
    /// The item that the rank runs now, with the time since look() saw it first.
    link::Item item(time now) const;

  private:
    bool is_last(const link::Item& item) const;

    const RunningItem& item_;
    link::Item last_;         // as look() saw it
    std::uint64_t task_ = 0;  // that it belongs to
    time since_;
    time next_;
};

}  // namespace hecaton::launcher
