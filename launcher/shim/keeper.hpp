// The shim's work: one rank from its start to its end.
#pragma once

#include <csignal>

#include <launcher/link/messages.hpp>
#include <launcher/link/sockets.hpp>
#include <launcher/shim/session.hpp>

namespace hecaton::launcher {

/// Starts `argv` as a rank and looks after it until it and all that it has started have ended, and the launcher knows.
/// `channel` leads to the launcher, over a local socket or not; `stub` ends with the shim's other half; `mask` is the
/// rank's signal mask; `session` is left where launcher and engine are gone. SIGCHLD has to be blocked. Returns the
/// rank's status, or 128+n.
int keep_rank(char** argv, const link::Address& address, Descriptor channel, bool local, Descriptor stub,
              Session& session, const sigset_t& mask);

}  // namespace hecaton::launcher
