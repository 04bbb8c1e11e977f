// The jobs that a user has submitted, from any folder: ~/.local/state/hecaton/jobs has a link to the folder of each.
#pragma once

#include <string>
#include <vector>

#include <launcher/jobs/folder.hpp>

namespace hecaton::launcher::jobs {

/// Where hecaton keeps what it has to find again: $XDG_STATE_HOME/hecaton, or ~/.local/state/hecaton. Throws Refusal
/// where there is no such place.
std::string state_folder();

/// From now on the job is found by its ids, or by its token where it has none yet.
void enter(const Job& job);
/// It is not found any more.
void strike(const Job& job);
/// The same, and its folder is removed.
void forget(const Job& job);

/// All of them whose folders are there, the oldest first.
std::vector<Job> all_jobs();

/// The job of that id, name or folder; "12_3" and "12[3]" are a task of an array. Of several with the same name the
/// newest one comes first. Empty where there is none.
std::vector<Job> find_jobs(const std::vector<Job>& all, const std::string& word);

/// The same, the newest one. Throws Refusal where there is none.
Job find_job(const std::vector<Job>& all, const std::string& word);

}  // namespace hecaton::launcher::jobs
