// What `hecaton submit` was asked for: a job for a batch system. Checked values only.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

namespace hecaton::launcher::batch {

/// The tasks of an array of jobs: numbers from 0 on.
struct Array {
    std::vector<std::pair<int, int>> ranges = {};  ///< first and last, in rising order; empty: no array
    int at_once = 0;                               ///< so many run at the same time; 0: as many as can
};

struct Request {
    std::string name = {};   ///< letters, digits, '-', '_' and '.'; begins with a letter
    std::string token = {};  ///< tells this submission from all others, in names and comments
    int nodes = 1;
    int ranks_per_node = 1;
    std::chrono::seconds limit{0};  ///< of its running time; 0: the queue's own
    std::string queue = {};         ///< or partition
    std::string account = {};
    std::string qos = {};
    long memory = 0;  ///< MiB for each node; 0: the site's own
    int gpus_per_rank = 0;
    bool exclusive = false;
    std::string mail = {};                ///< an address
    std::vector<std::string> after = {};  ///< ids of jobs that have to end before, however they end
    Array array = {};
    int restarts = 0;  ///< runs that follow a run which ended early
    std::vector<std::string> directives =
        {};  ///< of the site or the user, as the batch system wants them, without its mark
    std::vector<std::string> modules = {};        ///< to be loaded in the script
    std::map<std::string, std::string> set = {};  ///< variables of the script
    std::string folder = {};                      ///< of the job, an absolute path
    std::string working_folder = {};              ///< where the program runs, an absolute path
};

}  // namespace hecaton::launcher::batch
