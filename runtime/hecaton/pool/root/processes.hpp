// Processes: the root's part in Process: where processes go, and what comes back from them.
#pragma once

#include <atomic>
#include <cstdint>
#include <exception>
#include <hecaton/foundation/buffer.hpp>
#include <hecaton/pool/root/process_state.hpp>
#include <hecaton/pool/traffic/worker_lines.hpp>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

namespace hecaton::detail {

/// Belongs to the thread that drives, apart from expect() and any().
class Processes {
  public:
    /// `root` is the root's rank.
    Processes(WorkerLines& lines, int root) : lines_(lines), root_(root) {}

    /// Counts a process that will be started. Any thread.
    void expect() noexcept { count_.fetch_add(1); }
    /// Whether one is expected or has not ended yet. Any thread.
    bool any() const noexcept { return count_.load() > 0; }

    /// Starts the process on the next living worker in turn, the root's own included.
    void start(const std::shared_ptr<ProcessState>& process, const std::string& name,
               const std::shared_ptr<const Buffer>& task);
    /// In place of start(): it fails with that error.
    void fail(ProcessState& process, std::exception_ptr error);
    /// Nothing happens when it has ended.
    void signal(const ProcessState& process, int signo);
    /// Asks all to end by SIGTERM, and kills those that are left a second later.
    void end_all(double now);
    /// When tick() is to be called; nothing when there is no need.
    std::optional<double> next_tick() const noexcept { return kill_at_; }
    void tick(double now);
    /// That worker is gone, and its processes with it.
    void worker_lost(int worker);
    /// What a worker says of one of them.
    void take(const wire::ProcessEvent& event);
    /// Nothing more will be heard of any: they fail with that error.
    void fail_all(const std::exception_ptr& error);

  private:
    struct Running {
        std::shared_ptr<ProcessState> state;
        int worker = 0;
    };
    void send_signal(std::uint64_t id, int worker, int signo);
    void signal_all(int signo);

    WorkerLines& lines_;
    const int root_;
    std::unordered_map<std::uint64_t, Running> running_;  // by id; those that have not ended yet
    std::uint64_t placed_ = 0;
    std::optional<double> kill_at_;
    std::atomic<int> count_{0};
};

}  // namespace hecaton::detail
