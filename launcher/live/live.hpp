// What is known of a run while it goes on, and who wants to know it.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include <launcher/base/poll_set.hpp>
#include <launcher/live/inquiry.hpp>
#include <launcher/live/progress_display.hpp>
#include <launcher/live/run_socket.hpp>
#include <launcher/live/snapshot.hpp>

namespace hecaton::launcher {

/// Somebody who cannot reach the run's socket; both functions are empty where there is nobody.
struct Watcher {
    std::function<bool()> wants = {};                        ///< whether he wants to know it now
    std::function<void(const std::string& text)> told = {};  ///< gets it then, about once a second
};

class Live {
  public:
    using time = std::chrono::steady_clock::time_point;

    Live(ProgressDisplay shown, std::vector<std::string> command, Watcher watcher);

    Inquiry inquiry;
    ProgressDisplay progress;

    void add_to(PollSet& files) {
        files.add(socket_.listening(), POLLIN, [this](short) { socket_.accept(); });
    }
    /// Whether somebody wants to know what ranks do, and they are not being asked yet.
    bool anybody_asks(time now);
    /// anybody_asks() has to be called then at the latest.
    Deadline next_time() const { return watcher_.wants ? Deadline(next_watch_) : Deadline(); }
    /// The ranks have answered; `ranks` is how many the run has.
    void answer(const std::vector<RankItem>& items, int ranks);
    /// Lines to be said now: of what was asked for aloud, and those of the progress.
    std::vector<std::string> take_lines();

  private:
    void tell(const std::vector<RankItem>& items, int ranks);

    std::vector<std::string> lines_;
    Snapshot run_;  // what does not change
    RunSocket socket_;
    Watcher watcher_;
    bool watched_ = false;
    time next_watch_;
};

}  // namespace hecaton::launcher
