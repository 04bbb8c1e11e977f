// What a shim finds out about the end of its rank.
#pragma once

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <string>

#include <launcher/link/messages.hpp>
#include <launcher/watch/call_news.hpp>
#include <launcher/watch/item_time.hpp>
#include <launcher/watch/notes.hpp>
#include <launcher/watch/running_item.hpp>

namespace hecaton::launcher {

/// To be made before the rank is started.
class LastLook {
  public:
    /// `show_calls` is the launcher's wish, as in link::Address.
    explicit LastLook(bool show_calls = false);

    Notes& notes() { return notes_; }
    const Notes& notes() const { return notes_; }
    const RunningItem& running_item() const { return item_; }
    /// To be called at next_look(): it notes since when the rank runs its item. Returns frames for the launcher.
    std::string look(ItemTime::time now);
    ItemTime::time next_look() const {
        return calls_.any() ? std::min(calls_.next(), item_time_.next()) : item_time_.next();
    }
    /// The item that the rank runs, and since when.
    link::Item item() const { return item_time_.item(std::chrono::steady_clock::now()); }
    /// The frames that answer the launcher's question; none where it is none that is answered here.
    std::string answer(link::Kind question) const;
    /// The frames that are left to be sent at the rank's end.
    std::string last_answers();
    /// Fills in all that `result` and `used`, as from wait4(), and what the rank has left say of its end. `ended` says
    /// already whether it was asked to end.
    void fill_in(link::Ended& ended, int result, const rusage& used) const;

  private:
    const RunningItem item_;
    ItemTime item_time_{item_};
    Notes notes_;
    CallNews calls_;
    const long memory_kills_;  // before the rank
};

}  // namespace hecaton::launcher
