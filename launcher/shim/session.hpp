// The shims' part in the engine's session directory: the last shim of a machine removes it where nobody else is left.
//
// When the engine and the launcher are killed at the same moment, only shims know of the directory. Each shim holds a
// shared lock on it. The shim that gets an exclusive lock in the end is the last one, and removes the directory.
#pragma once

#include <sys/types.h>

#include <hecaton/launch/environment.hpp>
#include <string>

#include <launcher/link/sockets.hpp>

namespace hecaton::launcher {

/// A handle of this process's parent, the engine: readable when the engine has ended. Empty where it is gone already.
Descriptor engine_handle(pid_t engine);

/// One shim's part in its engine's session directory.
class Session {
  public:
    /// `engine` is from engine_handle(); `environment` is the one that the engine gives to its ranks. To be made before
    /// the rank starts. Where the engine has no directory that we know how to remove, leave() does nothing.
    Session(Descriptor engine, const detail::launch::Variables& environment);

    /// To be called once, when the launcher is gone and the rank and all its helpers have ended. Waits for the engine,
    /// some seconds at most. Where no other shim uses the directory, kills an engine that still runs, and removes the
    /// directory and the shared memory of the job's ranks.
    void leave();

  private:
    bool alone() const;
    bool still_there() const;

    Descriptor engine_;
    std::string directory_;
    std::string job_;
    Descriptor lock_;
};

/// The session directory in a rank's variables; empty where there is none, or where it is not a directory that Open
/// MPI's mpirun or a daemon of it has for itself. Pure.
std::string session_directory(const detail::launch::Variables& environment);

}  // namespace hecaton::launcher
