// The values of the options of `hecaton run` and `hecaton doctor`.
#pragma once

#include <chrono>
#include <hecaton/launch/command.hpp>
#include <string>
#include <utility>
#include <vector>

namespace hecaton::launcher {

/// The launcher that starts the ranks.
enum class Engine { automatic, open_mpi, hydra, srun };

/// The options of `hecaton run`.
struct RunOptions {
    int ranks = 0;                                                ///< 0: not given
    int ranks_per_node = 0;                                       ///< 0: not given
    int threads = 0;                                              ///< of each rank; 0: not given
    detail::launch::Bind bind = detail::launch::Bind::automatic;  ///< the part of a node that each rank is bound to
    std::vector<detail::launch::Host> hosts = {};                 ///< empty: here, or the allocation
    std::vector<std::pair<std::string, std::string>> environment = {};  ///< for the ranks
    std::string wdir = {};                                              ///< empty: where we are
    std::chrono::milliseconds timeout{0};                               ///< 0: none
    std::chrono::milliseconds grace{2'000};                             ///< between asking a rank to end and killing it
    std::chrono::milliseconds link_timeout{10'000};                     ///< a host that is silent for longer is lost
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

/// The options of `hecaton doctor`.
struct DoctorOptions {
    bool json = false;
    std::vector<detail::launch::Host> hosts = {};
    std::vector<std::string> ssh = {"ssh"};
    std::string program = {};  ///< empty: none
};

}  // namespace hecaton::launcher
