// What a shim finds out about the end of its rank.
#pragma once

#include <sys/resource.h>

#include <launcher/link/messages.hpp>
#include <launcher/watch/notes.hpp>
#include <launcher/watch/running_item.hpp>

namespace hecaton::launcher {

/// To be made before the rank is started.
class LastLook {
  public:
    LastLook();

    Notes& notes() { return notes_; }
    const Notes& notes() const { return notes_; }
    const RunningItem& running_item() const { return item_; }
    /// Fills in all that `result` and `used`, as from wait4(), and what the rank has left say of its end. `ended` says
    /// already whether it was asked to end.
    void fill_in(link::Ended& ended, int result, const rusage& used) const;

  private:
    const RunningItem item_;
    Notes notes_;
    const long memory_kills_;  // before the rank
};

}  // namespace hecaton::launcher
