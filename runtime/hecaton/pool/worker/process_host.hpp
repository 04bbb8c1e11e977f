// ProcessHost: the Processes that a rank runs for one pool, between the pool's worker and the rank's zygote.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <hecaton/pool/worker/wire.hpp>
#include <hecaton/tasks/this_task.hpp>
#include <mutex>
#include <span>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace hecaton::detail {

/// All members: any thread.
class ProcessHost {
  public:
    /// Is told what becomes of a process, on the thread that asked or on the one that reads the zygote's replies.
    using Report = std::function<void(const wire::ProcessEvent&)>;

    /// `context` is what this_worker tells the processes.
    ProcessHost(WorkerContext context, Report report) : context_(context), report_(std::move(report)) {}
    ~ProcessHost() { end_all(); }
    ProcessHost(const ProcessHost&) = delete;
    ProcessHost& operator=(const ProcessHost&) = delete;

    /// Starts a process, which the pool knows by `id`.
    void start(std::uint64_t id, std::string_view name, std::span<const std::byte> task);
    /// Nothing happens when it has ended.
    void signal(std::uint64_t id, int signo);
    /// Kills the processes; when this has returned, nothing is reported any more. To be called when nothing is
    /// started any more.
    void end_all();

  private:
    void ended(std::uint64_t id);

    const WorkerContext context_;
    const Report report_;
    std::mutex mutex_;  // not held while the zygote or its replies are asked for anything
    std::unordered_map<std::uint64_t, std::uint64_t>
        numbers_;  // of processes that have not ended: id, and the zygote's number
};

}  // namespace hecaton::detail
