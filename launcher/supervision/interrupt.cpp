#include <launcher/supervision/interrupt.hpp>

namespace hecaton::launcher {
namespace {

using namespace std::chrono_literals;

constexpr auto shims_answer = 1s;       // with the shims' answers
constexpr auto same_interrupt = 200ms;  // between two signals that are one request

}  // namespace

Interrupt::What Interrupt::came(std::size_t shims, time now) {
    if (state_ == State::fresh && shims != 0) {
        state_ = State::offered;
        at_ = now;
        expected_ = shims;
        return What::offer;
    }
    const bool same = state_ == State::offered || state_ == State::taken;
    if (same && now - at_ < same_interrupt) return What::ignore;
    state_ = State::over;
    return What::end;
}

void Interrupt::answered(bool taken) {
    if (state_ != State::offered) return;
    if (taken) state_ = State::taken;
    if (expected_ > 0) --expected_;
}

bool Interrupt::refused(time now) {
    if (state_ != State::offered || (expected_ != 0 && now < at_ + shims_answer)) return false;
    state_ = State::over;
    return true;
}

std::optional<Interrupt::time> Interrupt::next_time() const {
    return state_ == State::offered ? std::optional(expected_ == 0 ? at_ : at_ + shims_answer) : std::nullopt;
}

}  // namespace hecaton::launcher
