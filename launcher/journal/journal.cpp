#include <launcher/journal/journal.hpp>

#include <hecaton/journal/refusal.hpp>
#include <hecaton/journal/sqlite.hpp>

#include <launcher/journal/actions.hpp>

namespace hecaton::launcher {

int run_journal_command(const JournalOptions& options) try {
    switch (options.action) {
        case JournalAction::verify:
            return verify_journal(options);
        case JournalAction::export_entries:
            return export_journal(options);
        case JournalAction::forget:
            return forget_journal(options);
        default:
            return show_journal(options);
    }
} catch (const detail::journal::SqliteError& error) {
    detail::journal::refuse(options.file, detail::journal::explain(error.code(), error.what()));
}

}  // namespace hecaton::launcher
