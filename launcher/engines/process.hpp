// The engine's process: mpirun, mpiexec or srun, as a child of the launcher.
#pragma once

#include <sys/types.h>

#include <csignal>
#include <hecaton/foundation/descriptor.hpp>
#include <hecaton/launch/command.hpp>

namespace hecaton::launcher {

/// A started engine, and our ends of its standard output and error. It leads a process group of its own, so that a
/// terminal's signals come to the launcher alone. Its standard input is empty. It gets SIGTERM when the launcher is
/// killed.
struct EngineProcess {
    pid_t pid = 0;
    detail::Descriptor output;
    detail::Descriptor error;
};

/// Starts `command` with the signal mask `mask`. Throws std::system_error where no process can be started.
EngineProcess start_engine(const detail::launch::Command& command, const detail::launch::Variables& environment,
                           const sigset_t& mask);

/// Opens /dev/null for each standard stream that is closed. Otherwise the next file to be opened would take its place.
void open_closed_streams();

}  // namespace hecaton::launcher
