#include <launcher/batch/states.hpp>

namespace hecaton::launcher::batch {

std::string name(State state) {
    switch (state) {
        case State::waiting:
            return "waiting";
        case State::held:
            return "held";
        case State::running:
            return "running";
        case State::suspended:
            return "suspended";
        case State::done:
            return "done";
        case State::failed:
            return "failed";
        case State::cancelled:
            return "cancelled";
        case State::timed_out:
            return "timed out";
        case State::lost:
            return "lost";
        case State::unknown:
            break;
    }
    return "unknown";
}

bool ended(State state) {
    return state == State::done || state == State::failed || state == State::cancelled || state == State::timed_out ||
           state == State::lost;
}

}  // namespace hecaton::launcher::batch
