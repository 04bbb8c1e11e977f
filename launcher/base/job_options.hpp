// The values of the options of hecaton's commands for batch jobs.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace hecaton::launcher {

/// The options of `hecaton submit`.
struct SubmitOptions {
    std::string scheduler = {};  ///< empty: the one that is there
    int nodes = 0;               ///< 0: not given, as the next ones
    int ranks_per_node = 0;
    int ranks = 0;
    std::chrono::milliseconds time{0};
    std::string name = {};
    int restarts = 0;
    std::string queue = {};
    std::string account = {};
    std::string qos = {};
    long memory = 0;  ///< MiB for each node
    int gpus_per_rank = 0;
    bool exclusive = false;
    std::vector<std::string> after = {};
    std::vector<std::pair<int, int>> array = {};  ///< first and last, rising; empty: no array
    int at_once = 0;                              ///< tasks of the array; 0: as many as can
    std::string output = {};
    std::string mail = {};
    std::vector<std::string> modules = {};
    std::vector<std::string> directives = {};
    std::map<std::string, std::string> set = {};  ///< variables of the script
    std::string journal = {};
    std::string report = {};
    std::string trace = {};
    std::string wdir = {};
    std::vector<std::pair<std::string, std::string>> environment = {};
    bool label = false;
    int threads = 0;
    std::chrono::milliseconds patience{300'000};  ///< with the command that submits
    bool copy_program = false;
    bool wait = false;
    bool dry_run = false;
    std::string program = {};
    std::vector<std::string> args = {};
};

/// The options of `hecaton status`, `logs`, `wait` and `cancel`.
struct JobOptions {
    std::vector<std::string> jobs = {};  ///< ids, names, or folders
    bool all = false;
    bool json = false;
    std::vector<std::pair<int, int>> ranks = {};  ///< first and last; empty: the job's log
    std::optional<int> tail = {};                 ///< lines
    bool follow = false;
    std::chrono::milliseconds timeout{0};     ///< of the wait; 0: none
    std::chrono::milliseconds grace{10'000};  ///< between the warning and the end
};

}  // namespace hecaton::launcher
