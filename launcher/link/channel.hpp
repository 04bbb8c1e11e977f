// The launcher's end of the connection to one shim.
#pragma once

#include <optional>
#include <string>

#include <launcher/link/messages.hpp>
#include <launcher/link/sockets.hpp>

namespace hecaton::launcher {

/// Collects frames in both directions without blocking.
class Channel {
  public:
    explicit Channel(Descriptor socket) : socket_(std::move(socket)) {}

    int socket() const { return socket_.get(); }
    bool open() const { return static_cast<bool>(socket_); }
    void close() { socket_.reset(); }
    bool has_to_send() const { return !outgoing_.empty(); }
    std::size_t waiting() const { return outgoing_.size(); }

    /// Reads what has come; false at the end of the connection.
    bool receive();
    std::optional<link::Frame> next() { return reader_.next(); }
    void send(std::string frame);
    void flush();

    int rank = -1;  ///< -1 until it has introduced itself

  private:
    Descriptor socket_;
    link::FrameReader reader_;
    std::string outgoing_;
};

}  // namespace hecaton::launcher
