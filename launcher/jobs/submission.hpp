// A job goes to its batch system: each submission once, whatever that answers.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <launcher/batch/scheduler.hpp>
#include <launcher/jobs/folder.hpp>

namespace hecaton::launcher::jobs {

/// The id of the one among `views` that has the token and none of the ids that are known: those are of runs that came
/// before, which the queue may still show. Pure.
std::optional<std::string> submitted_as(const std::vector<batch::View>& views, const std::string& token,
                                        const std::vector<std::string>& known);

/// Submits the job, whose folder is there, or all its parts one after the other, and writes their ids down; `prepare`
/// writes the script of the part of that number. Throws Refusal where one was refused, or where it is not known; those
/// before it are cancelled then, and of a job that was refused nothing is left.
void submit_all(const batch::Scheduler& scheduler, Job& job, const std::function<void(std::size_t)>& prepare,
                std::chrono::milliseconds patience);

}  // namespace hecaton::launcher::jobs
