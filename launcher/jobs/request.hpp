// From the options of `hecaton submit` to the request for a batch system: everything is checked here.
#pragma once

#include <string>
#include <vector>

#include <launcher/base/job_options.hpp>
#include <launcher/batch/request.hpp>

namespace hecaton::launcher::jobs {

/// Without the folder. `cores` are those of this machine, as many ranks as which a local job has where nothing is said.
/// Throws Refusal with status 2.
batch::Request request_of(const SubmitOptions& options, const std::string& scheduler, int cores);

/// The options of hecaton run in the job.
std::vector<std::string> run_options(const SubmitOptions& options, const batch::Request& request);

/// Throws Refusal where a value of that option would be more than one word in a directive.
void check_word(const std::string& option, const std::string& text);

}  // namespace hecaton::launcher::jobs
