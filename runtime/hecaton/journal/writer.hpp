// Writer: the thread that puts entries into a journal's file, many in one transaction.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <hecaton/journal/store.hpp>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace hecaton::detail::journal {

class Writer {
  public:
    /// `progress`: what the progress file says besides the calls. Throws std::system_error where there is no thread.
    Writer(Store& store, const Place& place, Progress progress);
    /// As stop(), where that was not called. Not in a copy of the process.
    ~Writer();
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;

    /// Waits only while very much is waiting already.
    void add(Batch&& batch) noexcept;
    /// There is something to commit that is no batch.
    void wake() noexcept;
    bool flush();
    std::string problem() const;
    /// Commits everything, and closes the store.
    void stop() noexcept;

  private:
    using Clock = std::chrono::steady_clock;
    void run() noexcept;
    void wait_for_work(std::unique_lock<std::mutex>& lock) noexcept;
    void commit(const std::vector<Batch>& batches) noexcept;
    void show() noexcept;
    void fail(const std::string& why) noexcept;

    Store& store_;
    const Place place_;
    // Of the thread:
    Progress progress_;
    Clock::time_point shown_{};
    bool owes_progress_ = false;

    mutable std::mutex mutex_;  // of all below
    std::condition_variable work_;
    std::condition_variable done_;
    std::vector<Batch> waiting_;
    std::size_t waiting_entries_ = 0;
    std::size_t waiting_bytes_ = 0;  // also of those that are being written
    bool pending_ = false;           // something waits, since:
    Clock::time_point since_{};
    std::uint64_t added_ = 0;  // counts add() and wake()
    std::uint64_t committed_ = 0;
    std::uint64_t flushed_ = 0;  // up to there somebody waits
    bool stopping_ = false;
    std::string problem_;
    std::atomic<bool> failed_{false};
    std::thread thread_;
};

}  // namespace hecaton::detail::journal
