// A rank that stands still and that nobody needs to wait for: one of a pool that was stopped, and one in
// MPI_Finalize, which waits for every rank, also for those that are lost.
#pragma once

#include <chrono>

#include <launcher/base/poll_set.hpp>
#include <launcher/watch/notes.hpp>

namespace hecaton::launcher {

/// Reads no clock.
class Standstill {
  public:
    using time = std::chrono::steady_clock::time_point;

    /// A rank may be stopped for so long.
    Standstill(const Notes& notes, std::chrono::milliseconds stopped) : notes_(notes), stopped_(stopped) {}

    /// The launcher sends the rank a signal: a stop is no fault then.
    void signalled(int signal);
    /// The rank was stopped or continued, as waitpid() says.
    void changed(int result, time now);
    void another_is_lost(time now);

    enum class Verdict { fine, hung, in_finalize };
    /// What is wrong with a rank that is still alive.
    Verdict look(time now);
    /// look() is to be called then.
    Deadline next() const { return earlier(hung_at_, look_at_); }

  private:
    const Notes& notes_;
    const std::chrono::milliseconds stopped_;
    bool stopped_by_us_ = false;
    Deadline hung_at_;  // where it is stopped
    Deadline look_at_;  // set once another rank is lost
    Deadline since_;    // so long has it been in MPI_Finalize
};

}  // namespace hecaton::launcher
