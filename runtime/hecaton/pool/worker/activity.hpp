// Activity: the chunk that a worker runs, as other threads see it and stop it.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <hecaton/foundation/compute_clock.hpp>
#include <hecaton/transport/bell.hpp>

namespace hecaton::detail {

class Activity {
  public:
    // ---- the working thread; `now` is steady_ns() ----
    /// A run of chunks begins.
    void begin(std::int64_t now) {
        started_.store(now);
        stop_.store(false, std::memory_order_relaxed);
        if (watcher_sleeps_.load()) watcher_bell_.ring();
    }
    /// The next chunk of the run begins.
    void next_chunk(std::int64_t now) noexcept { started_.store(now, std::memory_order_relaxed); }
    void end() noexcept { started_.store(0, std::memory_order_release); }
    /// Whether the run is to end at its next item.
    const std::atomic<bool>& stop_flag() const noexcept { return stop_; }

    // ---- any thread ----
    void stop() noexcept { stop_.store(true, std::memory_order_relaxed); }
    bool computing() const noexcept { return started_.load() != 0; }
    /// Whether a chunk has been running for longer than `time`.
    bool computing_longer_than(std::chrono::nanoseconds time) const noexcept {
        const std::int64_t started = started_.load(std::memory_order_relaxed);
        return started != 0 && steady_ns() - started > time.count();
    }
    /// A watcher of long chunks says that it sleeps on its bell until a run begins. It looks at computing() once more
    /// before it does.
    void watcher_sleeps(bool sleeps) noexcept { watcher_sleeps_.store(sleeps); }
    Bell& watcher_bell() noexcept { return watcher_bell_; }

  private:
    std::atomic<bool> stop_{false};
    std::atomic<std::int64_t> started_{0};  // when the running chunk began; 0: none runs
    std::atomic<bool> watcher_sleeps_{false};
    Bell watcher_bell_;
};

}  // namespace hecaton::detail
