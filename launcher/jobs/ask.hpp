// Runs the commands of batch systems.
#pragma once

#include <chrono>
#include <hecaton/launch/environment.hpp>
#include <string>
#include <vector>

#include <launcher/batch/scheduler.hpp>

namespace hecaton::launcher::jobs {

/// Patience with a command that submits: it may try again by itself for minutes.
inline constexpr std::chrono::seconds long_patience{300};
inline constexpr std::chrono::seconds usual_patience{60};

/// Without the variables of an outer job, which would lead the new job astray.
detail::launch::Variables scrubbed(detail::launch::Variables environment);

/// What the command answers. An empty one has not come.
batch::Answer ask(const batch::Words& command, std::chrono::milliseconds patience);

/// As a line for a shell.
std::string shell_line(const batch::Words& command);
/// A word as a shell reads it.
std::string quoted(const std::string& word);

/// The first words of what the command said, on one line.
std::string said(const batch::Answer& answer);

}  // namespace hecaton::launcher::jobs
