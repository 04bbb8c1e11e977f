// WorkerLines: the root's line to each worker: the messages to it, and those that come from it.
//
// Records gather in a worker's buffer until flush() sends them. The root's own worker is on the same kind of line; its
// messages are handed over in memory.
#pragma once

#include <chrono>
#include <hecaton/pool/worker/wire.hpp>
#include <hecaton/pool/worker/worker.hpp>
#include <hecaton/transport/endpoint.hpp>
#include <utility>
#include <vector>

namespace hecaton::detail {

/// Belongs to the thread that drives.
class WorkerLines {
  public:
    /// Worker 0 is `local`, the root's own, where there is one; the others are those ranks, in their order.
    /// `idle_ranks` have no worker, and are only told to stop. Without an endpoint there are no ranks.
    WorkerLines(Endpoint* endpoint, Worker* local, const std::vector<int>& ranks, std::vector<int> idle_ranks);

    int workers() const noexcept { return static_cast<int>(lines_.size()); }
    bool is_local(int worker) const noexcept { return rank(worker) < 0; }
    /// Its rank; -1 for the root's own worker.
    int rank(int worker) const noexcept { return line(worker).rank; }

    /// The records that wait to be sent to that worker.
    Buffer& out(int worker) noexcept { return lines_[static_cast<std::size_t>(worker)].out; }
    template <class Record>
    void add(int worker, const Record& record) {
        wire::append_record(out(worker), record);
    }
    /// Sends them, with `bulk` behind the last one.
    void flush(int worker, Bulk bulk = {});
    /// Sends all that wait.
    void flush_all();
    /// Tells every rank to stop serving.
    void shut_down(int status);

    /// Gives handle(worker, message) up to 64 messages each of the root's own worker and of the ranks; -1 stands for an
    /// idle rank. Returns whether there were any.
    template <class Handle>
    bool receive(Landing& landing, Handle&& handle) {
        bool any = false;
        Message message;
        for (int i = 0; i < messages_at_once && local_ != nullptr && local_->collect(message); ++i) {
            handle(0, message);
            any = true;
        }
        int from = -1;
        for (int i = 0; i < messages_at_once && endpoint_ != nullptr && endpoint_->poll(from, message, landing); ++i) {
            handle(worker_of_rank_[static_cast<std::size_t>(from)], message);
            any = true;
        }
        return any;
    }
    /// A worker or an idle rank has said goodbye.
    void said_goodbye() noexcept { ++goodbyes_; }
    bool all_said_goodbye() const noexcept { return goodbyes_ == lines_.size() + idle_ranks_.size(); }
    /// True when all that was sent has left this process.
    bool drained() { return endpoint_ == nullptr || endpoint_->drained(); }
    /// How long the thread that drives may sleep on its bell until a message can come that does not ring it.
    std::chrono::nanoseconds longest_sleep();

  private:
    static constexpr int messages_at_once = 64;
    struct Line {
        int rank = -1;
        Buffer out;
    };
    const Line& line(int worker) const noexcept { return lines_[static_cast<std::size_t>(worker)]; }

    Endpoint* const endpoint_;
    Worker* const local_;
    std::vector<Line> lines_;
    std::vector<int> worker_of_rank_;  // -1: idle
    const std::vector<int> idle_ranks_;
    std::size_t goodbyes_ = 0;
};

}  // namespace hecaton::detail
