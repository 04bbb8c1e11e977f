// The actions of `hecaton journal`, each in a file of its own. They return the exit status, and throw as journal()
// does.
#pragma once

#include <launcher/base/options.hpp>

namespace hecaton::launcher {

/// A table of the calls, or of the entries of one; of a journal in use what its progress file says.
int show_journal(const JournalOptions& options);
/// Reads all of it, and says what is damaged or left over.
int verify_journal(const JournalOptions& options);
/// One row for each entry, as CSV or JSON.
int export_journal(const JournalOptions& options);
/// Removes entries, and says how many.
int forget_journal(const JournalOptions& options);

}  // namespace hecaton::launcher
