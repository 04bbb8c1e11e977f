// A pool inside one process: the real driver and real workers, each on a thread of its own, over an endpoint that is a
// queue. No MPI, so a thread sanitizer sees everything. They wait for the bells that ranks of a node have.
#pragma once

#include <atomic>
#include <deque>
#include <hecaton/pool/root/driver.hpp>
#include <hecaton/pool/root/local_worker.hpp>
#include <hecaton/pool/worker/remote_worker.hpp>
#include <hecaton/transport/node_bells.hpp>
#include <memory>
#include <mutex>
#include <new>
#include <thread>
#include <utility>
#include <vector>

namespace hecaton::test {

/// The message queues between `ranks` endpoints.
class Network {
  public:
    explicit Network(int ranks) : boxes_(static_cast<std::size_t>(ranks)) {}
    void put(int from, int to, detail::Message message) {
        const std::lock_guard lock(mutex_);
        boxes_[static_cast<std::size_t>(to)].emplace_back(from, std::move(message));
    }
    bool take(int rank, int& from, detail::Message& message) {
        const std::lock_guard lock(mutex_);
        auto& box = boxes_[static_cast<std::size_t>(rank)];
        if (box.empty()) return false;
        from = box.front().first;
        message = std::move(box.front().second);
        box.pop_front();
        return true;
    }

  private:
    std::mutex mutex_;
    std::vector<std::deque<std::pair<int, detail::Message>>> boxes_;
};

/// Copies a bulk as a network would, to where the receiver wants it.
class QueueEndpoint final : public detail::Endpoint {
  public:
    QueueEndpoint(Network& network, int rank, std::shared_ptr<detail::NodeBells> bells)
        : network_(network), rank_(rank), bells_(std::move(bells)) {}
    void send(int to, detail::Message message) override {
        if (message.bulk.size != 0) {
            auto copy = std::make_shared<detail::Buffer>();
            copy->append(message.bulk.data, message.bulk.size);
            message.bulk = {copy->data(), copy->size(), copy};
        }
        network_.put(rank_, to, std::move(message));
        bells_->ring(to);
    }
    bool poll(int& from, detail::Message& message, detail::Landing& landing) override {
        if (!network_.take(rank_, from, message)) return false;
        if (message.bulk.size == 0) return true;
        if (!landing.wants(message.head.bytes())) {
            message.bulk = {};
            message.bulk_lost = true;
            return true;
        }
        if (std::byte* place = landing.place(from, message.head.bytes(), message.bulk.size)) {
            std::memcpy(place, message.bulk.data, message.bulk.size);
            message.bulk = {place, message.bulk.size, nullptr};
            return true;
        }
        try {
            auto own = std::make_shared<detail::Buffer>();
            own->append(message.bulk.data, message.bulk.size);
            message.bulk = {own->data(), own->size(), std::move(own)};
        } catch (const std::bad_alloc&) {
            message.bulk = {};
            message.bulk_lost = true;
        }
        return true;
    }
    bool drained() override { return true; }
    std::chrono::nanoseconds longest_sleep() override {
        return bells_->all_ring() ? detail::Backoff::when_all_ring : detail::Backoff::between_polls;
    }

  private:
    Network& network_;
    const int rank_;
    const std::shared_ptr<detail::NodeBells> bells_;
};

/// A root with its own worker, and `others` ranks that serve it.
class InProcessPool {
  public:
    explicit InProcessPool(int others, std::function<void()> initializer = {})
        : network_(others + 1),
          bells_(detail::NodeBells::create(others + 1, 0)),
          endpoint_(network_, 0, bells_),
          local_({0, others + 1}, initializer) {
        detail::Driver::Setup setup;
        setup.endpoint = &endpoint_;
        setup.local = &local_.worker();
        setup.bell = bells_->word();
        setup.root = {0, others + 1};
        for (int rank = 1; rank <= others; ++rank) {
            setup.workers.push_back(rank);
            ranks_.emplace_back([this, rank, others, initializer] {
                const auto bells = detail::NodeBells::open(bells_->address(), rank);
                QueueEndpoint endpoint(network_, rank, bells);
                detail::Worker worker({rank, others + 1}, initializer, bells->word());
                ++serving_;
                detail::serve_remote(worker, endpoint, 0, true);
            });
        }
        driver_ = std::make_shared<detail::Driver>(std::move(setup));
        local_.start(driver_->wheel());
        while (serving_.load() != others) std::this_thread::yield();
    }
    ~InProcessPool() {
        driver_->cancel_all();
        driver_->wait_all();
        driver_->shut_down(0);
        driver_->stop();
        local_.join();
        local_.worker().end_processes();  // its reports ring the driver
        for (auto& rank : ranks_) rank.join();
    }
    detail::Driver& driver() { return *driver_; }
    /// For what outlives the pool.
    const std::shared_ptr<detail::Driver>& shared_driver() { return driver_; }

  private:
    Network network_;
    std::shared_ptr<detail::NodeBells> bells_;
    QueueEndpoint endpoint_;
    detail::LocalWorker local_;
    std::atomic<int> serving_{0};
    std::vector<std::thread> ranks_;
    std::shared_ptr<detail::Driver> driver_;
};

}  // namespace hecaton::test
