// One end of the connection between the launcher and a shim.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include <launcher/link/messages.hpp>
#include <launcher/link/sockets.hpp>

namespace hecaton::launcher {

/// Collects frames in both directions without blocking.
class Channel {
  public:
    /// The socket is one that does not block.
    explicit Channel(Descriptor socket) : socket_(std::move(socket)) {}

    int socket() const { return socket_.get(); }
    bool open() const { return static_cast<bool>(socket_); }
    void close();
    /// Gives the socket away.
    Descriptor release() { return std::move(socket_); }

    /// Reads what has come; false at the end of the connection.
    bool receive();
    /// The next whole frame. Throws std::runtime_error for bytes that are no frame.
    std::optional<link::Frame> next() { return reader_.next(); }

    /// Puts a frame behind those that wait to be sent; send() sends what the socket takes, too.
    void queue(std::string_view frame);
    void send(std::string_view frame);
    /// Sends what the socket takes. False where the connection has failed, which receive() will say, too.
    bool flush();
    /// Waits until all is sent, for `patience` at most, or until the connection fails.
    void send_rest(std::chrono::milliseconds patience);
    /// How many bytes wait.
    std::size_t waiting() const { return outgoing_.size(); }

    int rank = -1;  ///< in the launcher: -1 until the shim has introduced itself

  private:
    Descriptor socket_;
    link::FrameReader reader_;
    std::string outgoing_;
};

}  // namespace hecaton::launcher
