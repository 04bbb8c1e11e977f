// What is known of jobs: what each says itself, and what its batch system says, in that order.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include <launcher/batch/record.hpp>
#include <launcher/batch/scheduler.hpp>
#include <launcher/jobs/folder.hpp>

namespace hecaton::launcher::jobs {

/// What is known of a job, or of one task of an array.
struct Known {
    Job job = {};
    std::optional<batch::Record> record = {};
    double record_age = 0;  ///< seconds since it was written, by the clock of the file system
    std::optional<batch::View> view = {};
    double view_age = 0;       ///< seconds since the batch system said it
    std::string trouble = {};  ///< the batch system does not answer: its words
    bool forgotten = false;    ///< it answers, and does not know the job
    bool cancelled = false;    ///< by hecaton cancel

    batch::State state = batch::State::unknown;
    std::optional<int> status = {};  ///< of the program, once it has ended
    std::string says = {};           ///< who says so, and how old that is
    double since = 0;                ///< when the state began; 0: not known
    std::string why = {};            ///< it waits, or has ended
    std::string title = {};          ///< the batch system's

    bool ended() const { return batch::ended(state); }
};

/// Joins what is known to a state. Pure; `now` in seconds since 1970.
void judge(Known& known, double now);

/// Looks at all of them, with one question to each batch system that has to be asked. A job without an id is looked for
/// by its token, and gets its id where it is found.
std::vector<Known> look_at(const std::vector<Job>& jobs);

/// The files in a job's folder by which `hecaton cancel` tells the job that it is not to run again.
inline constexpr const char* cancelled_file = "cancelled";

/// The status that `hecaton wait` returns.
int status_of(const Known& known);

}  // namespace hecaton::launcher::jobs
