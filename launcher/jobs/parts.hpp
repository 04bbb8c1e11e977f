// A job as its batch system has it: in one submission, or an array in several parts, and tasks that run again by
// themselves. All of it is pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <launcher/batch/scheduler.hpp>
#include <launcher/jobs/folder.hpp>

namespace hecaton::launcher::jobs {

/// So many submissions may a job be.
inline constexpr int most_parts = 1'000;

/// How an array is submitted that its batch system, or the site, does not take as it is.
struct Division {
    std::vector<Part> parts = {};  ///< empty: as it is. With tokens, and without ids
    std::string why = {};          ///< "the site allows 1000 tasks"
};
/// Throws Refusal where the parts would be more than most_parts.
Division divide(const batch::Request& request, const batch::Scheduler::TakesArray& takes,
                const batch::Scheduler::ArrayLimit& limit);

/// What the batch system is asked for by the part of that number. Where only so many tasks may run at the same time,
/// each part has a share, and begins after the end of another one where there are more parts than that.
batch::Request request_of_part(const Job& job, std::size_t number);

/// The tasks of a part, a line each: the numbers that a script finds where the batch system counts them from 0.
std::string indices(const Part& part);

/// Where the batch system has the job, or its task.
struct Place {
    std::string id = {};             ///< empty: not known
    std::optional<int> number = {};  ///< of the task in an array of the batch system, from 0 on
};
Place place_of(const Job& job);

/// What the batch system calls it: an array's task by a name of its own.
std::string called(const batch::Scheduler& scheduler, const Job& job);

/// The ids that the job, or its task, has at present.
std::vector<std::string> present_ids(const Job& job);

/// The tasks of an array of jobs, each by itself; else the job.
std::vector<Job> tasks_of(const Job& job);
bool has_task(const Job& job, const std::string& task);
bool has_task(const Part& part, int task);

}  // namespace hecaton::launcher::jobs
