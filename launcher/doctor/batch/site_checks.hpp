// What a batch system has said of itself, as checks of the doctor and as a configuration for all jobs.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include <launcher/base/job_options.hpp>
#include <launcher/batch/site/site.hpp>
#include <launcher/doctor/doctor.hpp>

namespace hecaton::launcher {

/// A batch system and its answers.
struct AskedSite {
    std::string scheduler = {};         ///< its name for --scheduler
    std::string title = {};             ///< "Slurm"
    std::string trouble = {};           ///< its words where it does not answer; empty: it does
    std::chrono::milliseconds took{0};  ///< the first answer
    int cores = 1;                      ///< of this machine
    batch::Site site = {};
};

/// The queue to which such a job goes; null where it is not known.
const batch::Queue* queue_of(const batch::Site& site, const std::string& name);

/// The parallel environment of Grid Engine that suits MPI programs best, among those of that queue; null for none.
const batch::Environment* best_environment(const batch::Site& site, const std::string& queue);

/// The nodes that a trial has, and the ranks on each: two nodes where there are two.
std::pair<int, int> trial_layout(const AskedSite& asked, const std::string& queue);

/// The verdicts. `wishes` is what the trial is to have. Pure.
std::vector<Check> check_site(const AskedSite& asked, const SubmitOptions& wishes);

/// A file for launcher/jobs/config.hpp with what the trial has, and with comments that say what else there is. Pure.
std::string configuration(const AskedSite& asked, const SubmitOptions& wishes);

}  // namespace hecaton::launcher
