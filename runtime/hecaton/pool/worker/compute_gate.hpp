// ComputeGate: lets one thread of the root compute at a time, the root's own worker or one that calls.
#pragma once

#include <atomic>
#include <hecaton/transport/bell.hpp>

namespace hecaton::detail {

class ComputeGate {
  public:
    explicit ComputeGate(Bell& worker_bell) : worker_bell_(worker_bell) {}

    /// False when another thread is inside.
    bool enter() noexcept { return !taken_.load(std::memory_order_relaxed) && !taken_.exchange(true); }
    void leave() noexcept {
        taken_.store(false);
        if (wanted_.load() && wanted_.exchange(false)) worker_bell_.ring();
    }
    /// The same for the worker, which sleeps on its bell when it must not.
    bool worker_enters() noexcept {
        if (enter()) return true;
        wanted_.store(true);
        return enter();
    }

  private:
    Bell& worker_bell_;
    std::atomic<bool> taken_{false};
    std::atomic<bool> wanted_{false};  // the worker has something to run
};

struct LeaveGate {
    void operator()(ComputeGate* gate) const noexcept { gate->leave(); }
};

}  // namespace hecaton::detail
