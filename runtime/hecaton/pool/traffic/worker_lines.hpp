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
    WorkerLines(Endpoint* endpoint, Worker* local, const std::vector<int>& ranks, const std::vector<int>& idle_ranks);

    int workers() const noexcept { return workers_; }
    bool is_local(int worker) const noexcept { return rank(worker) < 0; }
    /// Its rank; -1 for the root's own worker.
    int rank(int worker) const noexcept { return line(worker).rank; }

    /// The worker or idle rank on that rank; -1: none.
    int worker_of(int rank) const noexcept {
        const auto at = static_cast<std::size_t>(rank);
        return at < worker_of_rank_.size() ? worker_of_rank_[at] : -1;
    }
    /// The root's own worker rests, and gets nothing, until there is no other. Before anything is sent.
    void let_local_rest() noexcept { lines_.front().resting = true; }
    void wake_local() noexcept { lines_.front().resting = false; }
    /// It can be given work.
    bool is_there(int worker) const noexcept { return !line(worker).lost && !line(worker).resting; }
    /// Its rank has died: nothing is sent to it any more.
    void lose(int worker) noexcept;
    bool is_lost(int worker) const noexcept { return line(worker).lost; }
    /// The ranks of those that are lost.
    const std::vector<int>& lost_ranks() const noexcept { return lost_ranks_; }

    /// The records that wait to be sent to that worker. Whoever appends to them leaves no half of one when it throws.
    Buffer& out(int worker) noexcept { return lines_[static_cast<std::size_t>(worker)].out; }
    template <class Record>
    void add(int worker, const Record& record) {
        Buffer& records = out(worker);
        const std::size_t before = records.size();
        try {
            wire::append_record(records, record);
        } catch (...) {
            records.shrink_to(before);
            throw;
        }
    }
    /// Sends them, with `bulk` behind the last one.
    void flush(int worker, Bulk bulk = {});
    /// Sends all that wait.
    void flush_all();
    /// Tells every rank to stop serving that was not told yet, and which ranks are lost; to be repeated when it throws.
    void shut_down(int status);

    /// After a failure: forgets the records that wait, some of which may be cut short. The root's own worker drops what
    /// it has, and ends what it runs behind the current item.
    void give_up() noexcept;
    /// Asks the other workers, unless they have been asked, to do the same; to be repeated when it throws.
    void recall();
    /// After give_up(): nobody reads or writes what belongs to jobs, except for MPI, of which at_rest() tells.
    bool local_at_rest() const noexcept;
    bool at_rest() { return endpoint_ == nullptr || (endpoint_->drained() && endpoint_->received_whole()); }

    /// Gives handle(worker, message) up to 64 messages each of the root's own worker and of the ranks; the idle ranks
    /// have numbers above those of the workers. Returns whether there were any.
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
    /// A worker or an idle rank has said goodbye, by the number that receive() gave.
    void said_goodbye(int worker) noexcept;
    /// After a failure: of what a worker says nothing counts any more but its goodbye.
    void pass_over(int worker, wire::RecordReader records) noexcept;
    bool all_said_goodbye() const noexcept { return goodbyes_ == lines_.size(); }
    /// True when all that was sent has left this process.
    bool drained() { return endpoint_ == nullptr || endpoint_->drained(); }
    /// How long the thread that drives may sleep on its bell until a message can come that does not ring it.
    std::chrono::nanoseconds longest_sleep();

  private:
    static constexpr int messages_at_once = 64;
    struct Line {
        int rank = -1;
        Buffer out = {};
        bool recalled = false;
        bool shut_down = false;
        bool left = false;
        bool lost = false;
        bool resting = false;
    };
    const Line& line(int worker) const noexcept { return lines_[static_cast<std::size_t>(worker)]; }

    Endpoint* const endpoint_;
    Worker* const local_;
    std::vector<Line> lines_;  // the workers', then those of idle ranks
    int workers_ = 0;
    std::vector<int> worker_of_rank_;
    std::vector<int> lost_ranks_;
    std::size_t goodbyes_ = 0;
};

}  // namespace hecaton::detail
