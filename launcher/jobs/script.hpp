// The script of a batch job: readable, with directives of checked values only, and with `exec hecaton run` as its last
// line.
#pragma once

#include <string>
#include <vector>

#include <launcher/batch/scheduler.hpp>
#include <launcher/jobs/folder.hpp>

namespace hecaton::launcher::jobs {

/// What the last line starts.
struct Start {
    std::string launcher = {};          ///< the file of hecaton
    std::vector<std::string> run = {};  ///< the options of hecaton run
};

/// Of the job, or of the part of that number where it has parts. Pure, as is the next one.
std::string script(const batch::Scheduler& scheduler, const Job& job, const Start& start, std::size_t part = 0);

/// Of a task of an array that runs again by itself, and goes on with that script of the folder.
std::string script_again(const batch::Scheduler& scheduler, const Job& job, const Part& again,
                         const std::string& script);

/// The file in the folder that has the tasks of that part, a line each.
std::string file_of_indices(const Job& job, std::size_t part);

}  // namespace hecaton::launcher::jobs
