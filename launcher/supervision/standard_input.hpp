// Our standard input on its way to rank 0, no faster than the rank takes it.
#pragma once

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <string>

#include <launcher/link/messages.hpp>

namespace hecaton::launcher {

class StandardInput {
  public:
    /// More may be read: the end has not come, and not too much is on its way.
    bool has_room() const { return !ended_ && not_taken_ < window; }
    /// Reading does not stop us: it is no terminal, or we are in the foreground of the terminal.
    static bool is_ours() {
        const pid_t foreground = ::tcgetpgrp(STDIN_FILENO);
        return foreground < 0 || foreground == ::getpgrp();
    }
    /// A frame for rank 0's shim: what has come, or that nothing more comes. Nothing where nothing has come.
    std::optional<std::string> read() {
        std::array<char, link::largest_body> buffer;
        const auto count = ::read(STDIN_FILENO, buffer.data(), buffer.size());
        if (count < 0 && (errno == EAGAIN || errno == EINTR)) return std::nullopt;
        ended_ = count <= 0;
        if (ended_) return link::frame(link::Kind::input_end);
        any_ = true;
        not_taken_ += static_cast<std::size_t>(count);
        return link::frame(link::Kind::input, {buffer.data(), static_cast<std::size_t>(count)});
    }
    /// Rank 0 has read this many bytes.
    void taken(std::size_t bytes) { not_taken_ -= std::min(not_taken_, bytes); }
    bool ended() const { return ended_; }
    /// Something has been read.
    bool any() const { return any_; }

  private:
    static constexpr std::size_t window = 256 * 1024;

    std::size_t not_taken_ = 0;
    bool ended_ = false;
    bool any_ = false;
};

}  // namespace hecaton::launcher
