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
    RootConnection(Endpoint& endpoint, int root) : endpoint_(endpoint), root_(root) {}

    bool exchange(Worker& worker) override {
        const std::lock_guard lock(mutex_);  // the watcher exchanges too
        bool any = false;
        int from = -1;
        for (Message message; endpoint_.poll(from, message, landing_); any = true) worker.deliver(std::move(message));
        worker.release_output();
        for (Message message; worker.collect(message);) endpoint_.send(root_, std::move(message));
        return any;
    }
    std::chrono::nanoseconds longest_sleep() override {
        const std::lock_guard lock(mutex_);
        return endpoint_.longest_sleep();
    }

    /// After the worker's last exchange: until all that it sent has left.
    void drain() {
        const std::lock_guard lock(mutex_);
        while (!endpoint_.drained()) ::sched_yield();
    }

  private:
    std::mutex mutex_;
    Endpoint& endpoint_;
    const int root_;
    SharedLanding landing_;
};

// Exchanges messages while one item runs for longer than a millisecond: when they ring, else every millisecond. Sleeps
// when the worker is idle.
class Watcher {
  public:
    Watcher(Worker& worker, Connection& connection)
        : thread_([this, &worker, &connection] { watch(worker, connection); }) {}
    void stop(Worker& worker) {
        stopping_.store(true);
        worker.watcher_bell().ring();
        worker.bell().ring();
        thread_.join();
    }

  private:
    void watch(Worker& worker, Connection& connection) {
        constexpr int patience = 20;  // looks at an idle worker before sleeping until it has something to do
        for (int idle = 0; !stopping_.load();) {
            idle = worker.computing() ? 0 : idle + 1;
            if (worker.computing_longer_than(1ms)) {
                connection.exchange(worker);
                if (connection.longest_sleep() > 1ms) {
                    sleep_in_place_of(worker);
                    continue;
                }
            }
            const bool sleeps = idle >= patience;
            worker.watcher_sleeps(sleeps);
            worker.watcher_bell().sleep(sleeps && !worker.computing() ? 1'000ms : 1ms);
        }
    }
    // The worker's bell rings for its messages, but it computes.
    static void sleep_in_place_of(Worker& worker) {
        worker.bell().sleep(10ms);
        if (!worker.computing()) worker.bell().ring();  // one that came here may have been meant for the worker
    }
    std::atomic<bool> stopping_{false};
    std::thread thread_;
};

}  // namespace

int serve_remote(Worker& worker, Endpoint& endpoint, int root, bool watched) {
    RootConnection connection(endpoint, root);
    if (!watched) {
        const int status = worker.work(connection);
        connection.drain();
        return status;
    }
    Watcher watcher(worker, connection);
    const int status = worker.work(connection);
    watcher.stop(worker);
    connection.drain();
    return status;
}

}  // namespace hecaton::detail
