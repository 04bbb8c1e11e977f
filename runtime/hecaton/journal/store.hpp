// Store: a journal's open file, with what goes in and out. Any thread may call it.
#pragma once

#include <filesystem>
#include <hecaton/journal/calls.hpp>
#include <hecaton/journal/entries.hpp>
#include <hecaton/journal/file.hpp>
#include <hecaton/journal/holder.hpp>
#include <hecaton/journal/progress_file.hpp>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace hecaton::detail::journal {

class Store {
  public:
    /// Throws JournalError.
    Store(const Place& place, const Holder& holder, const FileMode& mode, const Options& options);

    // As in Journal. What begin() and items() change is in the file after the next write(). All but items() may wait
    // for a commit that is under way.
    CallNumber begin(const Call& call);
    void find(CallNumber call, std::uint64_t first, std::uint64_t count, const std::function<void(const Entry&)>& use);
    void items(CallNumber call, std::uint64_t known);

    /// Puts the batches into the file, in one transaction with what begin() and items() have left. Says why it could
    /// not; nothing of it is in the file then, and nothing of what follows.
    std::optional<std::string> write(const std::vector<Batch>& batches);
    /// Leaves one file, with everything in it.
    void close() noexcept;

    /// The calls that were begun.
    std::vector<CallProgress> progress() const;

  private:
    void ensure_transaction();
    void undo() noexcept;
    void put_items();
    void put_all(const std::vector<Batch>& batches);
    std::optional<std::string> lost_file() const;
    void say_damaged(CallNumber call, std::uint64_t index);

    const Place place_;
    const Holder& holder_;
    const bool accept_program_;

    mutable std::mutex mutex_;  // of all below
    Database database_;
    std::unique_ptr<Entries> entries_;
    std::unique_ptr<Calls> calls_;
    std::int64_t program_ = 0;
    std::map<CallNumber, CallProgress> begun_;
    std::optional<std::string> problem_;  // why nothing more is written
    bool said_damaged_ = false;
    Identity identity_;
    Identity log_identity_;  // of the write-ahead log

    std::mutex items_mutex_;                     // for callers that must not wait for a commit
    std::map<CallNumber, std::uint64_t> items_;  // since the last write
};

}  // namespace hecaton::detail::journal
