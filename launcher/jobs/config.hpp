// What a site and a user have set for all jobs: a file in TOML each. The site's is $HECATON_SITE, or /etc/hecaton.toml;
// the user's is ~/.config/hecaton/config.toml.
#pragma once

#include <string>
#include <vector>

#include <hecaton/launch/environment.hpp>
#include <launcher/base/job_options.hpp>

namespace hecaton::launcher::jobs {

/// The files that may be there: the site's first.
std::vector<std::string> config_files(const detail::launch::Variables& environment);

/// The batch system that they name; a later file counts before an earlier one. Empty: none does. Throws Refusal for a
/// file that is not as it should be.
std::string configured_scheduler(const std::vector<std::string>& files);

/// Puts in what is not given on the command line, for that batch system. Lists, as of modules, come in front of those
/// of the command line. Throws Refusal.
void fill_in(SubmitOptions& options, const std::string& scheduler, const std::vector<std::string>& files);

}  // namespace hecaton::launcher::jobs
