// The record of a job, while it runs: written by a thread of its own, because the job's folder may be on a disk that
// does not answer.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <launcher/base/run_end.hpp>
#include <launcher/batch/record.hpp>

namespace hecaton::launcher::batch {

class Diary {
  public:
    /// A run begins, of the job with this folder; empty: it has none, and nothing is done. `index` is that of an
    /// array's task. `again`: this process has begun the same run before, and starts its ranks again.
    Diary(const std::string& folder, const std::string& index, bool again);
    /// Where ended() was not called, the record says no end.
    ~Diary();
    Diary(const Diary&) = delete;
    Diary& operator=(const Diary&) = delete;

    /// The number of this run of the job, from 1. Only before it has ended.
    int run() const { return record_.run; }
    /// How far the call of the program's pool is. Any thread.
    void note(const std::string& call, std::uint64_t total, std::uint64_t done, std::uint64_t failed);
    /// When its time is over.
    void note_end(std::chrono::system_clock::time_point end);
    /// Writes the end, and waits until that is done. `again`: it asks to be run again.
    void ended(const RunEnd& end, bool again);

  private:
    void write_now_and_then();
    void write();

    const std::string file_;  // empty: there is none
    std::mutex mutex_;
    std::condition_variable changed_;
    Record record_;
    bool stop_ = false;
    std::thread thread_;
};

/// The record of a job, or of a task of an array. Nothing where there is none.
std::optional<Record> read_record(const std::string& folder, const std::string& index = {});

}  // namespace hecaton::launcher::batch
