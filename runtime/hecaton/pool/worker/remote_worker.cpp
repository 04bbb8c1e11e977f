#include <sched.h>

#include <atomic>
#include <hecaton/foundation/error.hpp>
#include <hecaton/pool/worker/remote_worker.hpp>
#include <hecaton/pool/worker/shared_records.hpp>
#include <hecaton/tasks/forked_copy.hpp>
#include <mutex>
#include <new>
#include <optional>
#include <thread>

namespace hecaton::detail {
namespace {

using namespace std::chrono_literals;

// Where bulks go: nowhere once the worker has failed.
class WorkerLanding final : public Landing {
  public:
    explicit WorkerLanding(const Worker& worker) : worker_(worker) {}
    std::byte* place(int from, std::span<const std::byte> head, std::size_t size) override {
        return shared_.place(from, head, size);
    }
    bool wants(std::span<const std::byte> /*head*/) override { return !worker_.failed(); }

  private:
    const Worker& worker_;
    SharedLanding shared_;
};

class RootConnection final : public Connection {
  public:
    RootConnection(Worker& worker, Endpoint& endpoint, int root)
        : worker_(worker), endpoint_(endpoint), root_(root), landing_(worker) {}

    // What fails on the way fails the worker: the root is told as soon as that can be sent.
    bool exchange() override {
        end_forked_copy();
        const std::lock_guard lock(mutex_);  // the watcher exchanges too
        bool any = false;
        try {
            int from = -1;
            for (Message message; endpoint_.poll(from, message, landing_); any = true)
                worker_.deliver(std::move(message));
        } catch (...) {
            worker_.fail_with_current();
        }
        send();
        return any;
    }
    std::chrono::nanoseconds longest_sleep() override {
        const std::lock_guard lock(mutex_);
        return endpoint_.longest_sleep();
    }

    /// After the worker's last exchange: waits until all that it sent has left. Throws when MPI fails again and again.
    void drain() {
        constexpr int patience = 100;
        const std::lock_guard lock(mutex_);
        for (;;) {
            try {
                if (lost_) worker_.say_goodbye();  // it may have been lost with the rest
                lost_ = false;
                if (send() && !worker_.release_output() && endpoint_.drained()) return;
            } catch (const MpiError&) {
                ++mpi_failures_;
            } catch (const std::bad_alloc&) {  // again, until there is memory
            }
            if (mpi_failures_ > patience) throw MpiError("MPI cannot send a worker's goodbye to the pool's root");
            ::sched_yield();
        }
    }

  private:
    // False when something is left.
    bool send() noexcept {
        worker_.release_output();
        for (Message message;;) {
            try {
                if (!worker_.collect(message)) return true;
            } catch (...) {  // it is still there
                worker_.fail_with_current();
                return false;
            }
            try {
                endpoint_.send(root_, std::move(message));
            } catch (const MpiError&) {
                ++mpi_failures_;
                return lose();
            } catch (...) {
                return lose();
            }
        }
    }

    // Inside a catch block.
    bool lose() noexcept {
        lost_ = true;
        worker_.lost_output();
        return false;
    }

    std::mutex mutex_;
    Worker& worker_;
    Endpoint& endpoint_;
    const int root_;
    bool lost_ = false;  // a message that was to be sent
    int mpi_failures_ = 0;
    WorkerLanding landing_;
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
    std::optional<Watcher> watcher;
    try {
        watcher.emplace(worker, connection);
    } catch (...) {  // there is no room for a thread: messages then wait for the end of an item
    }
    const int status = worker.work(connection);
    if (watcher) watcher->stop();
    connection.drain();
    return status;
}

}  // namespace hecaton::detail
