// The sockets between the launcher and its shims.
#pragma once

#include <hecaton/foundation/descriptor.hpp>
#include <string>

#include <launcher/link/messages.hpp>

namespace hecaton::launcher {

using detail::Descriptor;

/// A number that nobody can guess, as 32 hexadecimal digits.
std::string random_token();

/// A socket for this machine, under a name that no file stands for, so that nothing of it can be left behind.
Descriptor listen_locally(const std::string& name);

/// A socket for other machines, over IPv4 and IPv6; `port` gets its number.
Descriptor listen_for_others(int& port);

/// True when the process at the other end of a local socket is of this user.
bool same_user(int socket);

/// Makes the end of a connection whose other machine went silent known after `link_timeout` milliseconds. Nothing to do
/// for local sockets.
void watch_link(int socket, int link_timeout);

/// Closes a TCP connection once the other end has read all that was sent and has closed it too, or after `link_timeout`
/// milliseconds. A plain close() with something unread would throw away what is still on its way.
void close_when_read(Descriptor& socket, int link_timeout);

/// Connects as a shim: the local socket first, then each address of the launcher, for a few seconds. `local` gets
/// which.
Descriptor connect_to(const link::Address& address, bool& local);

}  // namespace hecaton::launcher
