// When and where the progress of calls is shown: in one line of a terminal that is written again and again, or as
// lines.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <launcher/link/messages.hpp>
#include <launcher/live/call_text.hpp>

namespace hecaton::launcher {

/// Reads no clock: the calls say how long they have gone on.
class ProgressDisplay {
  public:
    /// `all`: not only the calls that are wanted; `terminal`: there is such a line.
    ProgressDisplay(bool all, bool terminal) : all_(all), terminal_(terminal) {}

    /// The root of a call says how far it is.
    void told(int rank, const link::Call& call);
    /// That rank says nothing more: its calls are over.
    void ended(int rank);
    /// Lines that stay, since the last time: where there is no terminal one each at 1, 2, 5, 10, 30 and 60 seconds and
    /// then at each minute, and everywhere the last line of each call that was shown.
    std::vector<std::string> take_lines() { return std::exchange(lines_, {}); }
    /// The line of the terminal: empty where no call goes on that is a second old.
    std::string line(std::size_t width) const;

  private:
    struct Shown {
        CallState state = {};
        double next = 1;  // the next line of its own, in seconds of the call
        bool any = false;
    };

    void say(Shown& shown);

    bool all_;
    bool terminal_;
    std::map<std::pair<int, std::uint64_t>, Shown> calls_;
    std::vector<std::string> lines_;
};

}  // namespace hecaton::launcher
