#include <launcher/shim/input.hpp>

#include <unistd.h>

#include <cerrno>

namespace hecaton::launcher {

std::size_t RankInput::give(Descriptor& pipe) {
    std::size_t done = 0;
    if (!waiting_.empty()) {
        const auto count = pipe ? ::write(pipe.get(), waiting_.data(), waiting_.size()) : -1;
        if (count < 0 && pipe && (errno == EAGAIN || errno == EINTR)) return 0;
        if (count < 0) pipe.reset();
        done = count < 0 ? waiting_.size() : static_cast<std::size_t>(count);
        waiting_.erase(0, done);
    }
    if (waiting_.empty() && ended_) pipe.reset();
    return done;
}

}  // namespace hecaton::launcher
