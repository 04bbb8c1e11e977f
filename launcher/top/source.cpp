#include <launcher/top/source.hpp>

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <hecaton/foundation/host.hpp>
#include <thread>
#include <utility>

#include <launcher/base/clock.hpp>
#include <launcher/base/files.hpp>
#include <launcher/base/refusal.hpp>
#include <launcher/batch/diary.hpp>
#include <launcher/jobs/registry.hpp>
#include <launcher/live/run_socket.hpp>

namespace hecaton::launcher::top {
namespace {

using clock = std::chrono::steady_clock;
using namespace std::chrono_literals;
constexpr auto first_answer = 15s;  // of a job: its launcher looks once a second, and file systems show files late
constexpr auto next_answer = 10s;
constexpr auto between_files = 200ms;

std::optional<Snapshot> ask_process(pid_t process) {
    const auto text = ask_run(process);
    return text ? decode_snapshot(*text) : std::nullopt;
}

class Run : public Source {
  public:
    explicit Run(pid_t process) : process_(process) {}
    std::optional<Snapshot> ask() override { return ask_process(process_); }
    std::string why_not() const override { return fmt::format("the run of process {} has ended", process_); }

  private:
    pid_t process_;
};

// Its launcher may be on another machine: files of the job's folder are the way to it.
class BatchJob : public Source {
  public:
    explicit BatchJob(jobs::Job job) : job_(std::move(job)), before_(text()), patience_(first_answer) {}

    std::optional<Snapshot> ask() override {
        const auto end = clock::now() + std::exchange(patience_, next_answer);
        while (clock::now() < end && !ended()) {
            watch();
            std::string now = text();
            if (!now.empty() && now != before_) {
                before_ = std::move(now);
                return decode_snapshot(before_);
            }
            std::this_thread::sleep_for(between_files);
        }
        return std::nullopt;
    }

    std::string why_not() const override {
        const auto record = batch::read_record(job_.folder, job_.task);
        if (!record) return fmt::format("job {} has not begun", job_.shown());
        if (record->ended > 0) return fmt::format("job {} has ended", job_.shown());
        return fmt::format("job {} does not answer; is its folder, {}, also that of its nodes?", job_.shown(),
                           job_.folder);
    }

  private:
    std::string text() const { return batch::text_in_folder(job_.folder, batch::live_file(job_.folder, job_.task)); }

    bool ended() const {
        const auto record = batch::read_record(job_.folder, job_.task);
        return !record || record->ended > 0;
    }

    // Another text each time.
    void watch() {
        if (clock::now() < next_watch_) return;
        next_watch_ = clock::now() + 3s;
        replace_file(batch::watch_file(job_.folder, job_.task),
                     fmt::format("{} {} {:.3f}\n", detail::host::name(), ::getpid(), launcher::now()));
    }

    const jobs::Job job_;
    std::string before_;
    std::chrono::seconds patience_;
    clock::time_point next_watch_;
};

}  // namespace

std::vector<Snapshot> runs_here() {
    std::vector<Snapshot> runs;
    for (const pid_t process : all_runs())
        if (auto run = ask_process(process)) runs.push_back(std::move(*run));
    return runs;
}

std::unique_ptr<Source> source_of(const std::string& word) {
    pid_t process = 0;
    const auto [end, problem] = std::from_chars(word.data(), word.data() + word.size(), process);
    const bool number = problem == std::errc() && end == word.data() + word.size();
    if (number && std::ranges::count(all_runs(), process) > 0) return std::make_unique<Run>(process);
    return std::make_unique<BatchJob>(jobs::find_job(jobs::all_jobs(), word));
}

}  // namespace hecaton::launcher::top
