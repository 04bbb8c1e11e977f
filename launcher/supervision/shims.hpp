// The launcher's connections to the shims: the sockets that they connect to, and one channel for each shim.
#pragma once

#include <array>
#include <list>
#include <string>

#include <launcher/link/channel.hpp>
#include <launcher/link/messages.hpp>
#include <launcher/link/sockets.hpp>

namespace hecaton::launcher {

class Shims {
  public:
    /// Listens for shims, and for those on other machines where `remote`. `address` has the settings for them; this
    /// adds the token, the name and the port.
    Shims(link::Address address, bool remote);

    /// For the shims.
    const link::Address& address() const { return address_; }
    /// The listening sockets, to be polled.
    std::array<int, 2> listening() const { return {local_.get(), remote_.get()}; }
    /// Takes in the shims that have connected.
    void accept();
    /// The same, and no further shim can connect.
    void stop_listening();

    std::list<Channel>& channels() { return channels_; }
    bool empty() const { return channels_.empty(); }
    void send_to_all(const std::string& frame);
    void send_to(int rank, const std::string& frame);
    /// Removes the channels that are closed.
    void sweep();

  private:
    void accept(const Descriptor& listener, bool local);

    link::Address address_;
    Descriptor local_;
    Descriptor remote_;
    std::list<Channel> channels_;
};

}  // namespace hecaton::launcher
