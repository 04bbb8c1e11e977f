// The engine's session directory on this machine, as the shims use it: what they do with it when nobody else is left.
//
// When the engine and the launcher are killed at the same moment, only shims know of the directory. Each holds a shared
// lock on it, and whoever can take it for itself in the end is the last, and removes it.
#pragma once

#include <sys/types.h>

#include <hecaton/launch/environment.hpp>
#include <string>

#include <launcher/link/sockets.hpp>

namespace hecaton::launcher {

/// A handle of this process's parent, the engine: readable when that has ended. Nothing where it is gone already.
Descriptor engine_handle(pid_t engine);

/// One shim's part in its engine's session directory.
class Session {
  public:
    /// `engine` is from engine_handle(), `environment` what the engine gives to its ranks. To be made before the rank
    /// starts. Where the engine has no directory that we know how to remove, nothing is done later.
    Session(Descriptor engine, const detail::launch::Variables& environment);

    /// To be called once, when the rank and all that it has started have ended and the launcher is gone. Waits for the
    /// engine, some seconds at most; when that has ended too and no other shim uses the directory, removes it, and the
    /// shared memory of the job's ranks.
    void leave();

  private:
    bool alone() const;
    bool still_there() const;

    Descriptor engine_;
    std::string directory_;
    std::string job_;
    Descriptor lock_;
};

/// The session directory that a rank's variables tell of; empty where there is none, or none of Open MPI's mpirun and
/// its daemons, which they have for themselves. Pure.
std::string session_directory(const detail::launch::Variables& environment);

}  // namespace hecaton::launcher
