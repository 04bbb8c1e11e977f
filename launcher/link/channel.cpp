#include <launcher/link/channel.hpp>

#include <sys/socket.h>

#include <array>
#include <cerrno>

#include <launcher/base/poll_set.hpp>

namespace hecaton::launcher {

bool Channel::receive() {
    static std::array<char, 256 * 1024> buffer;  // one thread reads them all
    const auto count = ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
    if (count > 0) reader_.append({buffer.data(), static_cast<std::size_t>(count)});
    return count > 0 || (count < 0 && (errno == EAGAIN || errno == EINTR));
}

void Channel::close() {
    socket_.reset();
    outgoing_.clear();
}

void Channel::queue(std::string_view frame) {
    if (open()) outgoing_ += frame;
}

void Channel::send(std::string_view frame) {
    queue(frame);
    flush();
}

bool Channel::flush() {
    while (!outgoing_.empty()) {
        const auto count = ::send(socket_.get(), outgoing_.data(), outgoing_.size(), MSG_NOSIGNAL);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0 && errno == EAGAIN) break;
        if (count < 0) {
            outgoing_.clear();
            return false;
        }
        outgoing_.erase(0, static_cast<std::size_t>(count));
    }
    return true;
}

void Channel::send_rest(std::chrono::milliseconds patience) {
    const auto limit = std::chrono::steady_clock::now() + patience;
    while (flush() && waiting() > 0) {
        PollSet files;
        files.add(socket(), POLLOUT);
        if (!files.wait(limit)) return;
    }
}

}  // namespace hecaton::launcher
