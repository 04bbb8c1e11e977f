// `hecaton journal`: looks at the file that keeps a program's finished results, and forgets parts of it.
#pragma once

#include <launcher/base/options.hpp>

namespace hecaton::launcher {

/// Returns the exit status: 1 where something is damaged. Throws Refusal with status 2 where the journal has no such
/// call or build, and JournalError for what is no journal, or is in use.
int run_journal_command(const JournalOptions& options);

}  // namespace hecaton::launcher
