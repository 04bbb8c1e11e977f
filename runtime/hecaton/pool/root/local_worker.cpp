#include <hecaton/pool/root/local_worker.hpp>

namespace hecaton::detail {

LocalWorker::LocalWorker(WorkerContext root, std::function<void()> initializer)
    : worker_(root, std::move(initializer)) {}

LocalWorker::~LocalWorker() {
    // A pool that could not be shut down ends with its process; until then the thread may run a task of any length.
    if (thread_.joinable()) thread_.detach();
}

void LocalWorker::start(Wheel& wheel) {
    wheel_ = &wheel;
    worker_.set_output_bell(wheel.bell());
    worker_.set_gate(gate_);
    thread_.start([this] { worker_.work(*this); });
}

void LocalWorker::join() { thread_.join(); }

bool LocalWorker::exchange() {
    const bool finished = worker_.release_output();
    if (wheel_->step_in_passing()) return true;
    if (finished) wheel_->bell().ring();
    return false;
}

void LocalWorker::falls_asleep() { wheel_->end_passing(); }

}  // namespace hecaton::detail
