// Record: what a batch job says about itself, in a file of its folder. It is true without the batch system, and long
// after that has forgotten the job.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hecaton::launcher::batch {

/// Times are in seconds since 1970.
struct Record {
    /// A run that came before.
    struct Run {
        int run = 1;
        double begun = 0;
        double ended = 0;  ///< 0: nobody could write that down
        int status = 0;
        std::string host = {};
        bool again = false;  ///< it asked to be run again
    };

    int version = 1;
    int run = 1;  ///< the number of this run, from 1
    double begun = 0;
    double alive = 0;  ///< when it was written
    std::string host = {};
    long pid = 0;
    double deadline = 0;    ///< 0: none is known
    long limit = 0;         ///< of its time, in seconds; 0: none
    std::string call = {};  ///< of the pool, that is under way
    std::uint64_t done = 0;
    std::uint64_t total = 0;
    std::uint64_t failed = 0;
    double ended = 0;  ///< 0 while it runs
    int status = 0;
    bool again = false;  ///< it has ended, and asked to be run again
    std::vector<std::string> card = {};
    std::uint64_t memory = 0;        ///< bytes: the most that its ranks had on one host
    std::string memory_host = {};    ///< that host
    std::uint64_t memory_limit = 0;  ///< bytes, of the host's memory group, where it was not enough; 0: none is known
    bool out_of_memory = false;      ///< it has failed by that
    std::vector<Run> runs = {};
};

std::string encode(const Record& record);
/// Nothing for text that is no record.
std::optional<Record> decode_record(std::string_view text);

/// How many of the runs before were restarts that --restarts counts: they asked for one, or nobody could write down
/// their end, as where a node dies. A run that the batch system ended to make room for another job is none.
int restarts_used(const Record& record);

/// The name of the file of that kind in a job's folder: "record", or "record.3" for task 3 of an array.
std::string file_of_task(const std::string& kind, const std::string& index);

}  // namespace hecaton::launcher::batch
