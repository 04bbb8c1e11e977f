// The sockets between the launcher and its shims.
#pragma once

#include <cstddef>
#include <hecaton/foundation/descriptor.hpp>
#include <string>

#include <launcher/link/messages.hpp>

namespace hecaton::launcher {

using detail::Descriptor;

/// A number that nobody can guess, as 32 hexadecimal digits.
std::string random_token();

/// Listens for shims of this machine, under an abstract name: there is no file that could be left behind.
Descriptor listen_locally(const std::string& name);

/// Listens for shims of other machines, over IPv4 and IPv6, on a free port, whose number `port` gets.
Descriptor listen_for_others(int& port);

/// True when the process at the other end of a local socket is of this user.
bool same_user(int socket);

/// Room for so many bytes that the other end has not read yet.
void widen(int socket, std::size_t bytes);

/// Lets a connection end when the other machine has been silent for `link_timeout` milliseconds. Local sockets need no
/// such watch.
void watch_link(int socket, int link_timeout);

/// Closes a TCP connection once the other end has read all data and has closed it too, or after `link_timeout`
/// milliseconds. A plain close() while received data is unread would discard the data that is still on its way.
void close_when_read(Descriptor socket, int link_timeout);

/// Connects as a shim: to the local socket first, then to each address of the launcher, for a few seconds. `local` gets
/// whether it is the local one. Returns no socket where none answers.
Descriptor connect_to(const link::Address& address, bool& local);

}  // namespace hecaton::launcher
