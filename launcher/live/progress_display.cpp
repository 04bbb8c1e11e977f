#include <launcher/live/progress_display.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace hecaton::launcher {
namespace {

constexpr double minute = 60;

double time_after(double seconds) {
    for (const double one : std::array{1.0, 2.0, 5.0, 10.0, 30.0, minute})
        if (one > seconds) return one;
    return (std::floor(seconds / minute) + 1) * minute;
}

double age(const link::Call& call) { return static_cast<double>(call.milliseconds) / 1'000; }

}  // namespace

void ProgressDisplay::told(int rank, const link::Call& call) {
    if (!all_ && !call.wanted) return;
    Shown& shown = calls_[{rank, call.number}];
    shown.state.now(call);
    if (call.ended) {
        if (shown.any) lines_.push_back(call_line(shown.state));
        calls_.erase({rank, call.number});
    } else if (age(call) >= shown.next) {
        say(shown);
    }
}

void ProgressDisplay::say(Shown& shown) {
    shown.any = true;
    shown.next = time_after(age(shown.state.call));
    if (!terminal_) lines_.push_back(call_line(shown.state));
}

void ProgressDisplay::ended(int rank) {
    for (auto one = calls_.begin(); one != calls_.end();) {
        if (one->first.first != rank) {
            ++one;
            continue;
        }
        one->second.state.call.ended = true;
        if (one->second.any) lines_.push_back(call_line(one->second.state));
        one = calls_.erase(one);
    }
}

std::string ProgressDisplay::line(std::size_t width) const {
    if (!terminal_) return {};
    std::vector<const CallState*> states;
    for (const auto& [place, shown] : calls_)
        if (shown.any) states.push_back(&shown.state);
    return calls_line(states, width);
}

}  // namespace hecaton::launcher
