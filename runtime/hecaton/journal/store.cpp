#include <fmt/format.h>
#include <sys/stat.h>

#include <hecaton/foundation/log.hpp>
#include <hecaton/journal/refusal.hpp>
#include <hecaton/journal/store.hpp>

namespace hecaton::detail::journal {

namespace {

Program program_of(const Options& options) {
    struct stat facts {};
    const bool found = ::stat(options.program.c_str(), &facts) == 0;
    return {options.build, options.program, found ? static_cast<double>(facts.st_mtim.tv_sec) : 0};
}

}  // namespace

Store::Store(const Place& place, const Holder& holder, const FileMode& mode, const Options& options)
    : place_(place), holder_(holder), accept_program_(options.accept_program), database_(open_file(place, mode)) {
    try {
        entries_ = std::make_unique<Entries>(database_);
        calls_ = std::make_unique<Calls>(database_);
        ensure_transaction();
        program_ = calls_->program(program_of(options));
        database_.run("COMMIT");
    } catch (const SqliteError& error) {
        refuse(place.name, explain(error.code(), error.what()));
    }
    identity_ = identity_of(place.file);
    log_identity_ = identity_of(place.beside("-wal"));
}

void Store::ensure_transaction() {
    if (!database_.in_transaction()) database_.run("BEGIN IMMEDIATE");
}

CallNumber Store::begin(const Call& call) {
    const std::lock_guard lock(mutex_);
    if (problem_) return 0;
    CallNumber number = 0;
    Tally tally;
    try {
        number = calls_->find(call, program_, accept_program_, place_.name);
        if (number != 0) tally = entries_->tally(number);
    } catch (const SqliteError& error) {
        refuse(place_.name, explain(error.code(), error.what()));
    }
    try {
        ensure_transaction();
        if (number == 0)
            number = calls_->insert(call, program_);
        else
            calls_->renew(number, call, program_);
    } catch (const SqliteError& error) {
        problem_ = explain(error.code(), error.what());
        return 0;
    }
    CallProgress& shown = begun_[number];
    shown = {number, call.name, call.number, call.kind, shown.items, tally.done, tally.failed};
    return number;
}

void Store::find(CallNumber call, std::uint64_t first, std::uint64_t count,
                 const std::function<void(const Entry&)>& use) {
    const std::lock_guard lock(mutex_);
    if (call == 0 || database_.handle() == nullptr) return;
    try {
        entries_->find(call, first, count, [&](const Row& row) {
            if (row.whole)
                use(row.entry);
            else
                say_damaged(call, row.entry.index);
        });
    } catch (const SqliteError& error) {
        refuse(place_.name, explain(error.code(), error.what()));
    }
}

void Store::say_damaged(CallNumber call, std::uint64_t index) {
    if (said_damaged_) return;
    said_damaged_ = true;
    log::line(
        fmt::format("{}: what it has of item {} of \"{}\" does not match its checksum, and does not count; "
                    "`hecaton journal verify` names all such items",
                    place_.name, index, begun_[call].name));
}

void Store::items(CallNumber call, std::uint64_t known) {
    const std::lock_guard lock(items_mutex_);
    items_[call] = known;
}

std::optional<std::string> Store::write(const std::vector<Batch>& batches) {
    const std::lock_guard lock(mutex_);
    if (!problem_) problem_ = lost_file();
    if (!problem_) try {
            ensure_transaction();
            put_all(batches);
            put_items();
            database_.run("COMMIT");
            return std::nullopt;
        } catch (const SqliteError& error) {
            problem_ = explain(error.code(), error.what());
        } catch (const std::exception& error) {  // no memory
            problem_ = error.what();
        }
    undo();
    return problem_;
}

void Store::undo() noexcept try {
    if (database_.in_transaction()) database_.run("ROLLBACK");
    for (auto& [number, shown] : begun_) {
        const Tally tally = entries_->tally(number);
        shown.done = tally.done;
        shown.failed = tally.failed;
    }
} catch (const SqliteError&) {  // what is in the file stays as it was
}

void Store::put_items() {
    const std::lock_guard lock(items_mutex_);
    for (const auto& [number, known] : items_) {
        const auto found = begun_.find(number);
        if (found == begun_.end() || found->second.items == known) continue;
        calls_->set_items(number, known);
        found->second.items = known;
    }
    items_.clear();
}

void Store::put_all(const std::vector<Batch>& batches) {
    for (const Batch& batch : batches)
        batch.each([this](CallNumber call, const Entry& entry) {
            const auto found = begun_.find(call);
            if (found == begun_.end()) return;  // begun when there was a problem
            CallProgress& shown = found->second;
            Tally tally{shown.done, shown.failed};
            entries_->put(call, entry, program_, tally);
            shown.done = tally.done;
            shown.failed = tally.failed;
        });
}

// What is written to a file that has lost its name is lost.
std::optional<std::string> Store::lost_file() const {
    if (identity_of(place_.file) != identity_) return "the file was moved, removed or replaced while it was in use";
    if (log_identity_ != Identity{} && identity_of(place_.beside("-wal")) != log_identity_)
        return fmt::format("{}-wal, a part of it, was moved or removed while it was in use", place_.name);
    if (!holder_.is_ours())
        return fmt::format("{}-holder, its lock file, was removed or replaced while it was in use", place_.name);
    return std::nullopt;
}

void Store::close() noexcept {
    const std::lock_guard lock(mutex_);
    calls_.reset();
    entries_.reset();
    // Files of the same names may be another journal's by now.
    close_file(database_, log_identity_ == identity_of(place_.beside("-wal")) && holder_.is_ours());
}

std::vector<CallProgress> Store::progress() const {
    const std::lock_guard lock(mutex_);
    std::vector<CallProgress> all;
    all.reserve(begun_.size());
    for (const auto& [number, shown] : begun_) all.push_back(shown);
    return all;
}

}  // namespace hecaton::detail::journal
