// The record of a job, while it runs: written by a thread of its own, because the job's folder may be on a disk that
// does not answer.
#pragma once

#include <atomic>
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
    /// Whether somebody wants to know how it goes: the file `watch` in the folder has changed within ten seconds. Any
    /// thread.
    bool is_watched() const { return watched_.load(); }
    /// How it goes, for the file `live`. Any thread.
    void note_live(const std::string& text);
    /// When its time is over.
    void note_end(std::chrono::system_clock::time_point end);
    /// Writes the end, and waits until that is done. `again`: it asks to be run again.
    void ended(const RunEnd& end, bool again);

  private:
    void write_now_and_then();
    void write();
    void look_for_watcher();
    void write_live();

    const std::string folder_;
    const std::string index_;
    const std::string file_;  // empty: there is none
    std::mutex mutex_;
    std::condition_variable changed_;
    Record record_;
    bool stop_ = false;
    std::atomic<bool> watched_{false};
    std::string live_;   // not written yet
    std::string watch_;  // as the file was at the last look
    std::chrono::steady_clock::time_point watched_until_;
    std::thread thread_;
};

/// The files with which `hecaton top` asks a job, or a task of an array, how it goes, and where it says that. Their
/// times are compared by nobody, as machines may disagree about the time; a watcher writes another text each time.
std::string watch_file(const std::string& folder, const std::string& index);
std::string live_file(const std::string& folder, const std::string& index);
/// What such a file says, also where a network file system shows it late.
std::string text_in_folder(const std::string& folder, const std::string& file);

/// The record of a job, or of a task of an array. Nothing where there is none.
std::optional<Record> read_record(const std::string& folder, const std::string& index = {});

}  // namespace hecaton::launcher::batch
