// A call of a pool that goes on, in words. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <launcher/link/messages.hpp>
#include <launcher/live/pace.hpp>

namespace hecaton::launcher {

/// A call, and how fast it is.
struct CallState {
    link::Call call = {};
    Pace pace = {};

    /// It is so far now.
    void now(const link::Call& told);
    /// The time for the rest; nothing where nobody knows.
    std::optional<TimeLeft> left() const;
};

/// "sweep: 340 of 1000 items (34 %), 2 failed, after 28 s, 12 a second, 40 to 60 s left".
std::string call_line(const CallState& state);

/// One line of at most `width` columns for all of them: for one "sweep [======>    ] 34 %, 340 of 1000, 2 failed, 12/s,
/// about 50 s left"; of several the name, the part and the time of each, and how many have no room. Empty where there
/// are none.
std::string calls_line(const std::vector<const CallState*>& states, std::size_t width);

/// The first characters of a text that fit into so many columns. Characters that would move the cursor become "?".
std::string cut_to(const std::string& text, std::size_t width);

}  // namespace hecaton::launcher
