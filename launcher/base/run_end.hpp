// RunEnd: how a run of ranks has ended.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace hecaton::launcher {

/// The most memory that the ranks of one host had: of that where it was not enough, else of that which had the most.
struct MemoryUse {
    std::uint64_t bytes = 0;  ///< the sum of the most that each rank had; 0: not known
    std::string host = {};
    std::uint64_t limit = 0;     ///< of the host's memory group, where it was not enough; 0: none is known
    bool out_of_memory = false;  ///< the run has failed by that
};

/// A rank that was lost, or has failed.
struct LostRank {
    int rank = -1;
    std::string host = {};
    std::string why = {};  ///< "was ended by signal 9, SIGKILL (Killed)"
};

/// Which ranks were there, and what else a report tells.
struct SeenRanks {
    std::vector<std::string> hosts = {};  ///< in the order of their first ranks
    std::vector<LostRank> lost = {};
    std::string engine = {};     ///< that started them: "Open MPI 4's mpirun"
    bool recording_came = true;  ///< false: it is on another machine, and that was said
};

struct RunEnd {
    int status = 0;                      ///< the exit status of the run
    std::vector<std::string> said = {};  ///< the last lines that were said about it
    /// A rank, its machine or the engine died, or the engine met another one; nobody had asked for it, and another try
    /// may go well.
    bool death = false;
    bool input_read = false;  ///< some of standard input is with the ranks
    MemoryUse memory = {};
    bool begun = true;  ///< false: nothing of the program has begun, so that another try does nothing twice
    SeenRanks seen = {};
};

}  // namespace hecaton::launcher
