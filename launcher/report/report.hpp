// `hecaton report`: makes a page, a trace or a table of a recording.
#pragma once

#include <string>

#include <launcher/base/options.hpp>
#include <launcher/report/data/recording.hpp>

namespace hecaton::launcher::report {

/// What a file is, by the end of its name.
enum class Format { html, json, csv };

/// Throws Refusal with status 2, which says `option`, where the name has no end that is known.
Format format_of(const std::string& option, const std::string& file);

/// A recording, or a CSV that was made of one. Throws Refusal with status 1.
Recording read(const std::string& file);

/// Throws Refusal with status 1 where it cannot be written; then no file is left.
void write(const Recording& recording, const std::string& file, Format format);

}  // namespace hecaton::launcher::report

namespace hecaton::launcher {

/// Returns the exit status. Throws Refusal.
int run_report_command(const ReportOptions& options);

}  // namespace hecaton::launcher
