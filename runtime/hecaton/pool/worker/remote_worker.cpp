#include <sched.h>

#include <atomic>
#include <hecaton/pool/worker/remote_worker.hpp>
#include <hecaton/pool/worker/shared_records.hpp>
#include <mutex>
#include <thread>

namespace hecaton::detail {
namespace {

using namespace std::chrono_literals;

class RootConnection final : public Connection {
  public:
    RootConnection(Worker& worker, Endpoint& endpoint, int root) : worker_(worker), endpoint_(endpoint), root_(root) {}

    bool exchange() override {
        const std::lock_guard lock(mutex_);  // the watcher exchanges too
        bool any = false;
        int from = -1;
        for (Message message; endpoint_.poll(from, message, landing_); any = true) worker_.deliver(std::move(message));
        worker_.release_output();
        for (Message message; worker_.collect(message);) endpoint_.send(root_, std::move(message));
        return any;
    }
    std::chrono::nanoseconds longest_sleep() override {
        const std::lock_guard lock(mutex_);
        return endpoint_.longest_sleep();
    }

    /// After the worker's last exchange: waits until all that it sent has left.
    void drain() {
        const std::lock_guard lock(mutex_);
        while (!endpoint_.drained()) ::sched_yield();
    }

  private:
    std::mutex mutex_;
    Worker& worker_;
    Endpoint& endpoint_;
    const int root_;
    SharedLanding landing_;
};

// Exchanges messages while one item runs for longer than a millisecond: when they ring, else every millisecond. Sleeps
// when the worker is idle.
class Watcher {
  public:
    Watcher(Worker& worker, Connection& connection)
        : worker_(worker), connection_(connection), thread_([this] { watch(); }) {}
    void stop() {
        stopping_.store(true);
        worker_.watcher_bell().ring();
        worker_.bell().ring();
        thread_.join();
    }

  private:
    void watch() {
        constexpr int patience = 20;  // looks at an idle worker before sleeping until it has something to do
        Activity& activity = worker_.activity();
        for (int idle = 0; !stopping_.load();) {
            idle = activity.computing() ? 0 : idle + 1;
            if (activity.computing_longer_than(1ms)) {
                connection_.exchange();
                if (connection_.longest_sleep() > 1ms) {
                    sleep_on_workers_bell();
                    continue;
                }
            }
            const bool sleeps = idle >= patience;
            activity.watcher_sleeps(sleeps);
            activity.watcher_bell().sleep(sleeps && !activity.computing() ? 1'000ms : 1ms);
        }
    }
    // That bell rings for the worker's messages, but the worker computes.
    void sleep_on_workers_bell() {
        worker_.bell().sleep(10ms);
        if (!worker_.computing()) worker_.bell().ring();  // the ring that came here may have been meant for the worker
    }

    Worker& worker_;
    Connection& connection_;
    std::atomic<bool> stopping_{false};
    std::thread thread_;
};

}  // namespace

int serve_remote(Worker& worker, Endpoint& endpoint, int root, bool watched) {
    RootConnection connection(worker, endpoint, root);
    if (!watched) {
        const int status = worker.work(connection);
        connection.drain();
        return status;
    }
    Watcher watcher(worker, connection);
    const int status = worker.work(connection);
    watcher.stop();
    connection.drain();
    return status;
}

}  // namespace hecaton::detail
