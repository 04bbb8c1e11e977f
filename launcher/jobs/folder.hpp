// The folder of a batch job: made before it is submitted, it has all that is known of the job, and stays after its end.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <launcher/batch/request.hpp>
#include <launcher/batch/scheduler.hpp>

namespace hecaton::launcher::jobs {

/// One of several submissions of a job: a part of an array that its batch system does not take as it is, or a task of
/// an array that runs again by itself.
struct Part {
    std::string token = {};
    std::vector<std::string> ids = {};            ///< as Job::ids
    std::vector<std::pair<int, int>> tasks = {};  ///< of the job's array; the batch system counts them from 0
    std::string script = {};                      ///< the file in the folder

    std::string id() const { return ids.empty() ? "" : ids.back(); }
    /// A task that is a job of its own, and not an array of one.
    bool alone() const { return tasks.size() == 1 && tasks.front().first == tasks.front().second; }
};

/// What the file job.json has.
struct Job {
    std::string folder = {};  ///< an absolute path; not in the file
    std::string task = {};    ///< the index, for one task of an array; not in the file
    std::string scheduler = {};
    std::vector<std::string> ids = {};  ///< the last one is the present one; several where each run is a job
    std::vector<Part> parts = {};       ///< of an array that is several submissions; else empty, as are then the ids
    std::vector<Part> again = {};       ///< tasks that run again by themselves; not in the file but in one for each
    std::vector<std::string> command = {};  ///< the program and its arguments
    std::string build = {};                 ///< what tells the program's file from a later one of that name
    double submitted = 0;                   ///< seconds since 1970
    std::string output = {};                ///< where its standard output goes; empty: into the folder
    std::string where = {};                 ///< the queue, for people
    std::string journal = {};               ///< the file with its results; empty: none
    batch::Request request = {};

    /// Of its first submission; empty where it is not known.
    std::string id() const;
    /// The id with the task: "12_3".
    std::string shown() const;
    bool is_array() const { return !request.array.ranges.empty(); }
    /// Of all submissions, also of those that have ended.
    std::vector<std::string> all_ids() const;
    /// The file of that kind, of the task.
    std::string file(const std::string& kind) const;
};

std::string encode(const Job& job);
std::optional<Job> decode_job(std::string_view text);

/// What job.json in the folder says; nothing where there is none.
std::optional<Job> read_job(const std::string& folder);
/// Writes it: whole or not at all. Throws Refusal.
void write_job(const Job& job);
/// Writes down a task that runs again by itself: many may do so at the same time, so that each has a file of its own.
/// Throws Refusal.
void write_again(const Job& job, const Part& part);
/// It does not run again.
void forget_again(const Job& job, const Part& part);

/// Makes the folder of a job with that request in the current folder, and sets request.folder. Throws Refusal.
void make_folder(batch::Request& request);
/// Names the folder by the job's id too: sweep.hecaton/48213.
std::string link_id(const Job& job);

/// A word that no other submission has.
std::string new_token();

}  // namespace hecaton::launcher::jobs
