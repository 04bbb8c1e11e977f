// The first Ctrl-C: it is offered to the ranks, of which one may have asked for it (MapOptions::keep_on_interrupt).
// Where none has, and for every other one, it is a signal that ends the run.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>

namespace hecaton::launcher {

/// A state machine that reads no clock and does no I/O.
class Interrupt {
  public:
    using time = std::chrono::steady_clock::time_point;

    enum class What {
        offer,   ///< ask the ranks whether one takes it
        ignore,  ///< a terminal, or `timeout`, has sent the same one twice
        end,     ///< it ends the run
    };
    /// A SIGINT has come, while so many shims are connected.
    What came(std::size_t shims, time now);
    /// A shim's answer to the offer.
    void answered(bool taken);
    /// True once: nobody takes what was offered, so it ends the run.
    bool refused(time now);
    /// When refused() has to be asked at the latest.
    std::optional<time> next_time() const;

  private:
    enum class State { fresh, offered, taken, over } state_ = State::fresh;
    time at_;
    std::size_t expected_ = 0;  // answers
};

}  // namespace hecaton::launcher
