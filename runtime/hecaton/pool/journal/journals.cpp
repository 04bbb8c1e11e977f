#include <fmt/format.h>

#include <hecaton/foundation/error.hpp>
#include <hecaton/launch/job_variables.hpp>
#include <hecaton/pool/journal/journals.hpp>
#include <hecaton/tasks/module.hpp>
#include <map>
#include <mutex>
#include <string_view>
#include <system_error>
#include <unordered_map>

namespace hecaton::detail {
namespace {

struct Registry {
    std::mutex mutex;
    std::map<std::filesystem::path, std::shared_ptr<OpenJournal>> open;
};

// Destroyed when the process exits, which commits what is left.
Registry& registry() {
    static Registry instance;
    return instance;
}

journal::Durability durability() {
    const std::string wanted = launch::job_setting("HECATON_JOURNAL_DURABILITY");
    if (wanted.empty() || wanted == "process") return journal::Durability::process;
    if (wanted == "power") return journal::Durability::power;
    throw UsageError(fmt::format("HECATON_JOURNAL_DURABILITY={}: it is process or power", wanted));
}

const std::filesystem::path& wanted_journal(const MapOptions& options) {
    static const std::filesystem::path usual = launch::job_setting("HECATON_JOURNAL");
    return options.journal.empty() ? usual : options.journal;
}

}  // namespace

struct OpenJournal::Names {
    std::mutex mutex;
    std::unordered_map<std::string, std::uint64_t> seen;
};

OpenJournal::OpenJournal(std::shared_ptr<journal::Journal> file)
    : file_(std::move(file)),
      names_(std::make_unique<Names>()),
      keep_errors_(launch::job_setting("HECATON_JOURNAL_KEEP_ERRORS") == "1") {}
OpenJournal::~OpenJournal() = default;

std::uint64_t OpenJournal::count(const std::string& name) {
    const std::lock_guard lock(names_->mutex);
    return names_->seen[name]++;
}

bool journal_is_wanted(const MapOptions& options) { return !wanted_journal(options).empty(); }

std::shared_ptr<OpenJournal> journal_of(const MapOptions& options) {
    const std::filesystem::path& wanted = wanted_journal(options);
    if (wanted.empty()) return nullptr;
    std::error_code problem;
    // Absolute first: what does not begin with something that is there stays relative otherwise, until the file is
    // there.
    const auto path = std::filesystem::weakly_canonical(std::filesystem::absolute(wanted), problem);
    Registry& all = registry();
    const std::lock_guard lock(all.mutex);
    std::shared_ptr<OpenJournal>& found = all.open[problem ? std::filesystem::absolute(wanted) : path];
    if (found == nullptr)
        found = std::make_shared<OpenJournal>(
            journal::Journal::open({.path = wanted,
                                    .accept_program = launch::job_setting("HECATON_JOURNAL_ACCEPT_PROGRAM") == "1",
                                    .durability = durability(),
                                    .build = fmt::format("{:016x}", program_module()),
                                    .program = std::filesystem::read_symlink("/proc/self/exe", problem).string(),
                                    .run = launch::job_setting("HECATON_RUN")}));
    return found;
}

bool flush_journals() noexcept {
    Registry& all = registry();
    const std::lock_guard lock(all.mutex);
    bool good = true;
    for (const auto& [path, journal] : all.open) good = (journal == nullptr || journal->file()->flush()) && good;
    return good;
}

void close_journals() {
    Registry& all = registry();
    const std::lock_guard lock(all.mutex);
    all.open.clear();
}

}  // namespace hecaton::detail
