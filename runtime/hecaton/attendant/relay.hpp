// Relay: what comes out of a pipe, on its way to a stream of ours whose reader may be slow or gone.
#pragma once

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <hecaton/foundation/descriptor.hpp>
#include <string>
#include <string_view>

namespace hecaton::detail::attendant {

struct Relay {
    explicit Relay(int to_where) : to(to_where) {}

    Descriptor from;
    int to;
    std::string waiting;  // for room
    int problem = 0;      // errno of the write that failed; what comes then is lost

    // Where poll() has found room: that much does not block.
    void write() {
        constexpr std::size_t most = 4096;
        const auto count = ::write(to, waiting.data(), std::min(most, waiting.size()));
        if (count < 0 && (errno == EINTR || errno == EAGAIN)) return;
        if (count < 0) problem = errno;
        waiting.erase(0, count < 0 ? waiting.size() : static_cast<std::size_t>(count));
    }

    // False when there is nothing now. `change` makes of what has come what is to be passed on.
    template <class Change>
    bool read(const Change& change) {
        std::array<char, 64 * 1024> buffer;
        const auto count = ::read(from.get(), buffer.data(), buffer.size());
        if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR)) from.reset();
        if (count > 0 && problem == 0)
            waiting += change(std::string_view(buffer.data(), static_cast<std::size_t>(count)));
        return count > 0;
    }
};

}  // namespace hecaton::detail::attendant
