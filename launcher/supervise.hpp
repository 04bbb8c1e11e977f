// Runs the command, hands signals on to it, and waits for its end.
#pragma once

#include <hecaton/transport/launch_command.hpp>

namespace hecaton::launcher {

/// Runs `command` with this process's standard streams and returns the exit status of it all: the command's own, or
/// 128+n where signal n ended it or made us end it. When it returns, nothing of the command is left running here.
///
/// A first SIGINT, SIGTERM or SIGHUP asks the ranks to end; a second one does not wait for them. Throws
/// std::system_error where no process can be started.
int supervise(const launch::Command& command, const launch::Variables& environment);

}  // namespace hecaton::launcher
