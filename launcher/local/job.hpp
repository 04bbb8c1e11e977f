// LocalJob: what the batch system `local` writes down of a job, in a folder for each job and machine.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <launcher/batch/states.hpp>

namespace hecaton::launcher::jobs {

/// A process, told from a later one that got the same number.
struct ProcessName {
    pid_t pid = 0;
    std::string start = {};  ///< of the machine and of the process
    bool alive() const;
};
ProcessName process_name(pid_t pid);

struct LocalTask {
    std::string index = {};  ///< of an array; else empty
    batch::State state = batch::State::waiting;
    std::string reason = {};  ///< why it waits
    double begun = 0;         ///< seconds since 1970
    double ended = 0;
    int status = 0;
    int run = 0;  ///< runs that came before
};

struct LocalJob {
    std::string folder = {};  ///< of the job
    std::string name = {};
    std::string token = {};
    long limit = 0;  ///< seconds; 0: none
    ProcessName runner = {};
    std::vector<LocalTask> tasks = {};

    bool ended() const;
};

/// The folder of all local jobs of this machine, and of the one with that id.
std::string local_folder();
std::string local_folder(const std::string& id);

/// Nothing where there is no such job. A job whose runner is gone is lost.
std::optional<LocalJob> read_local(const std::string& id);
void write_local(const std::string& id, const LocalJob& job);

std::vector<batch::View> views_of(const std::string& id, const LocalJob& job);

/// Makes a folder with the next id, and returns the id.
std::string new_local_id();
/// All ids that there are.
std::vector<std::string> local_ids();

}  // namespace hecaton::launcher::jobs
