#include <launcher/link/channel.hpp>

#include <sys/socket.h>

#include <array>
#include <cerrno>

namespace hecaton::launcher {

bool Channel::receive() {
    static std::array<char, 256 * 1024> buffer;  // one thread reads them all
    const auto count = ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
    if (count > 0) reader_.append({buffer.data(), static_cast<std::size_t>(count)});
    return count > 0 || (count < 0 && (errno == EAGAIN || errno == EINTR));
}

void Channel::send(std::string frame) {
    outgoing_ += std::move(frame);
    flush();
}

// A connection that fails here ends in receive().
void Channel::flush() {
    while (open() && !outgoing_.empty()) {
        const auto count = ::send(socket_.get(), outgoing_.data(), outgoing_.size(), MSG_NOSIGNAL);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0 && errno != EAGAIN) outgoing_.clear();
        if (count < 0) return;
        outgoing_.erase(0, static_cast<std::size_t>(count));
    }
}

}  // namespace hecaton::launcher
