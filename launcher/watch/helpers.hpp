// The processes that a rank has started and that are still there when it has ended.
#pragma once

#include <chrono>
#include <string>

namespace hecaton::launcher {

/// They are our children then. They get time to end by themselves, are asked, and are killed. Reads no clock.
class Helpers {
  public:
    using time = std::chrono::steady_clock::time_point;

    /// `grace`: between asking and killing.
    explicit Helpers(std::chrono::milliseconds grace) : grace_(grace) {}

    void rank_ended(time now) { ended_at_ = now; }
    /// To be called now and then, while any are there. `hurry`: nobody waits for them; `unexpected`: the rank ended
    /// well, so that whoever is left is worth a word.
    void end(time now, bool hurry, bool unexpected);
    /// The names of those that were worth a word; empty: none were.
    const std::string& outlived_by() const { return outlived_by_; }

  private:
    const std::chrono::milliseconds grace_;
    time ended_at_;
    bool asked_ = false;
    std::string outlived_by_;
};

}  // namespace hecaton::launcher
