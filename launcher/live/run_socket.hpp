// The socket over which a run is asked how it goes: a file named after the process, in a folder of the user's own.
#pragma once

#include <sys/types.h>

#include <hecaton/foundation/descriptor.hpp>
#include <optional>
#include <string>
#include <vector>

namespace hecaton::launcher {

/// $XDG_RUNTIME_DIR/hecaton, or /tmp/hecaton-UID. It is made where it is not there. Empty where it is not the user's
/// own, or others may write to it or read it.
std::string folder_of_runs();

/// The end of the run. There is no socket where the folder cannot be used.
class RunSocket {
  public:
    /// Listens, and removes the files that runs have left which were killed.
    RunSocket();
    ~RunSocket();
    RunSocket(const RunSocket&) = delete;
    RunSocket& operator=(const RunSocket&) = delete;

    /// To be polled; -1 where there is none.
    int listening() const { return socket_.get(); }
    /// Takes in those who ask.
    void accept();
    bool anybody_asks() const { return !asking_.empty(); }
    /// Gives them that text, as far as they take it now. It waits for nobody.
    void answer(const std::string& text);

  private:
    std::string file_;
    detail::Descriptor socket_;
    std::vector<detail::Descriptor> asking_;
};

/// The processes of the user's runs on this machine, in rising order.
std::vector<pid_t> all_runs();

/// What the run of that process answers. Nothing where there is none, or it does not answer within some seconds.
std::optional<std::string> ask_run(pid_t process);

}  // namespace hecaton::launcher
