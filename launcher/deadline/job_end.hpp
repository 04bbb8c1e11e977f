// When a run ends: by --time, --rehearse-deadline, the batch job's end, or whoever has started us.
#pragma once

#include <chrono>
#include <hecaton/launch/command.hpp>
#include <string>

#include <launcher/base/options.hpp>

namespace hecaton::launcher {

/// The earliest of what is known, at `now`. A rehearsal, and --time 0, replace all else. The batch system is asked
/// where there is a journal: without one nothing comes of it that is worth the wait. Throws Refusal.
JobEnd job_end(const RunOptions& options, const detail::launch::MachineFacts& facts,
               std::chrono::system_clock::time_point now);

/// The text of HECATON_DEADLINE for the ranks; empty: it is not set.
std::string deadline_text(const RunOptions& options);

/// "55m", "1h30m", "1.5s".
std::string span_text(std::chrono::milliseconds span);

/// What ends it, for messages: "the 55m of --time".
std::string what_ends(const JobEnd& end);

}  // namespace hecaton::launcher
