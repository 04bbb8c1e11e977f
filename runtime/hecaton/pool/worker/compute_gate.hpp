// ComputeGate: keeps threads of the root from computing side by side: its own worker, and those that call.
#pragma once

#include <atomic>
#include <hecaton/transport/bell.hpp>

namespace hecaton::detail {

class ComputeGate {
  public:
    explicit ComputeGate(Bell& worker_bell) : worker_bell_(worker_bell) {}

    /// False when `room` threads are inside.
    bool enter(int room = 1) noexcept {
        int inside = inside_.load(std::memory_order_relaxed);
        return inside < room && inside_.compare_exchange_strong(inside, inside + 1);
    }
    void leave() noexcept {
        if (inside_.fetch_sub(1) == 1 && wanted_.load() && wanted_.exchange(false)) worker_bell_.ring();
    }
    /// The same for the worker, which sleeps on its bell when it must not.
    bool worker_enters() noexcept {
        if (enter()) return true;
        wanted_.store(true);
        return enter();
    }

  private:
    Bell& worker_bell_;
    std::atomic<int> inside_{0};
    std::atomic<bool> wanted_{false};  // the worker has something to run
};

struct LeaveGate {
    void operator()(ComputeGate* gate) const noexcept { gate->leave(); }
};

}  // namespace hecaton::detail
