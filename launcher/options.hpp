// What `hecaton run` was asked to do, and how the launcher says that it will not.
#pragma once

#include <chrono>
#include <hecaton/transport/launch_command.hpp>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace hecaton::launcher {

/// Exit statuses of the launcher itself; otherwise it returns the program's.
enum Status { ok = 0, wrong_command_line = 2, timed_out = 124, not_executable = 126, not_found = 127 };

/// A reason to stop: one line for the user, and the exit status.
class Refusal : public std::runtime_error {
  public:
    Refusal(int status, const std::string& text) : std::runtime_error(text), status_(status) {}
    int status() const noexcept { return status_; }

  private:
    int status_;
};

/// Who starts the ranks.
enum class Engine { automatic, open_mpi, hydra, srun };

/// The options of `hecaton run`.
struct RunOptions {
    int ranks = 0;                                                      ///< 0: not given
    int ranks_per_node = 0;                                             ///< 0: not given
    int threads = 0;                                                    ///< of each rank; 0: not given
    launch::Bind bind = launch::Bind::automatic;                        ///< to what each rank is bound
    std::vector<launch::Host> hosts = {};                               ///< empty: here, or the allocation
    std::vector<std::pair<std::string, std::string>> environment = {};  ///< for the ranks
    std::string wdir = {};                                              ///< empty: where we are
    std::chrono::milliseconds timeout{0};                               ///< 0: none
    std::chrono::milliseconds grace{2'000};                             ///< between asking a rank to end and killing it
    std::chrono::milliseconds link_timeout{10'000};                     ///< a host that is silent for so long is lost
    std::string output_dir = {};                                        ///< empty: no files
    bool label = false;
    bool timestamps = false;
    bool show_map = false;
    bool dry_run = false;
    bool quiet = false;
    Engine engine = Engine::automatic;
    std::vector<std::string> ssh = {"ssh"};  ///< the command that reaches other hosts, in words
    std::string program = {};
    std::vector<std::string> args = {};  ///< of the program, untouched
};

}  // namespace hecaton::launcher
