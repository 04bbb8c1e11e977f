// The root's own worker: the compute thread, which the driver hands its messages to.
#pragma once

#include <functional>
#include <hecaton/pool/root/wheel.hpp>
#include <hecaton/pool/worker/worker.hpp>
#include <hecaton/tasks/compute_thread.hpp>

namespace hecaton::detail {

class LocalWorker : private Connection {
  public:
    LocalWorker(WorkerContext root, std::function<void()> initializer);
    ~LocalWorker() override;
    /// Its bell is rung when there is something to collect. It lives until join().
    void start(Wheel& wheel);
    /// After the driver has shut it down.
    void join();
    Worker& worker() noexcept { return worker_; }
    /// For other threads of the root that compute.
    ComputeGate& gate() noexcept { return gate_; }

  private:
    bool exchange() override;
    void falls_asleep() override;
    std::chrono::nanoseconds longest_sleep() override { return std::chrono::seconds(1); }

    Worker worker_;
    ComputeGate gate_{worker_.bell()};
    Wheel* wheel_ = nullptr;
    ComputeThread thread_;
};

}  // namespace hecaton::detail
