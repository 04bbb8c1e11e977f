// What `hecaton run --report` and `--trace` make of a run's recording.
#pragma once

#include <launcher/base/options.hpp>
#include <launcher/base/run_end.hpp>
#include <launcher/report/data/recording.hpp>

namespace hecaton::launcher::report {

/// Throws Refusal with status 2 where a name has another end than it should; empty ones are fine.
void check_names(const std::string& report, const std::string& trace);

/// Makes the names of the files whole, and says in the options where the ranks are to record. A recording of an earlier
/// run is removed. Throws Refusal with status 2 where a name has another end than it should, or the file cannot be
/// written. `array_index` is put in front of a name's end; empty: no task of an array.
void prepare_outputs(RunOptions& options, const std::string& array_index);

/// Adds what the launcher knows to the recording, and makes the files of it. Says in a line where they are, or what was
/// not possible; then the recording is kept. Throws nothing: the run has its own status.
void make_outputs(const RunOptions& options, const RunEnd& end, const LauncherPart& part) noexcept;

}  // namespace hecaton::launcher::report
