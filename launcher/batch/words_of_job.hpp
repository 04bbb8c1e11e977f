// The words of a job's program, in a file of its folder, so that no shell parses them.
#pragma once

#include <string>
#include <vector>

#include <launcher/base/options.hpp>

namespace hecaton::launcher::batch {

/// Throws Refusal where it cannot be written or read.
/// @{
void write_words(const std::string& folder, const std::vector<std::string>& words);
std::vector<std::string> read_words(const std::string& folder);
/// Into the options of the run that has options.job_folder.
void take_program(RunOptions& options);
/// @}

}  // namespace hecaton::launcher::batch
