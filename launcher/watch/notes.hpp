// The shim's end of the notes that it and its rank leave each other.
#pragma once

#include <hecaton/foundation/memory_file.hpp>
#include <hecaton/foundation/rank_notes.hpp>
#include <memory>
#include <vector>

#include <launcher/link/messages.hpp>

namespace hecaton::launcher {

/// To be made before the rank is started. Ranks without hecaton's runtime never look at them.
class Notes {
  public:
    /// Tells the processes that are started from now on where they are, and that the launcher shows all calls, or only
    /// those that are wanted. Without memory for them there are none.
    explicit Notes(bool show_calls = false);

    /// How far the rank is, or was when it ended.
    detail::RankStage stage() const;
    /// The status that it leaves with, in the stage `leaving`.
    int leaving_status() const;
    /// Of the root of a pool; nothing is known of others.
    link::Progress progress() const;
    /// The calls that it is the root of; also those that have ended, until another takes the place.
    std::vector<link::Call> calls() const;
    /// For the rank: another one is lost.
    void add(const link::Loss& loss);

  private:
    detail::RankNotes* notes() const;  // null where no rank reads them

    std::shared_ptr<detail::MemoryFile> file_;
    std::shared_ptr<std::byte> memory_;
};

}  // namespace hecaton::launcher
