#include <algorithm>
#include <hecaton/pool/root/worker_lines.hpp>

namespace hecaton::detail {

WorkerLines::WorkerLines(Endpoint* endpoint, Worker* local, const std::vector<int>& ranks, std::vector<int> idle_ranks)
    : endpoint_(endpoint), local_(local), idle_ranks_(std::move(idle_ranks)) {
    const auto know = [this](int rank, int worker) {
        const auto at = static_cast<std::size_t>(rank);
        if (worker_of_rank_.size() <= at) worker_of_rank_.resize(at + 1, -1);
        worker_of_rank_[at] = worker;
    };
    if (local_ != nullptr) lines_.push_back({});
    for (const int rank : ranks) {
        know(rank, workers());
        lines_.push_back({.rank = rank, .out = {}});
    }
    for (const int rank : idle_ranks_) know(rank, -1);
}

void WorkerLines::flush(int worker, Bulk bulk) {
    Line& to = lines_[static_cast<std::size_t>(worker)];
    Message message{std::move(to.out), std::move(bulk)};
    to.out = wire::new_head();
    if (to.rank < 0) {
        local_->deliver(std::move(message));
    } else {
        endpoint_->send(to.rank, std::move(message));
    }
}

void WorkerLines::flush_all() {
    // The root's own worker is the first. It comes last: to ring it takes longer than to send a message.
    for (int worker = workers(); worker-- > 0;)
        if (!out(worker).empty()) flush(worker);
}

void WorkerLines::shut_down(int status) {
    for (int worker = 0; worker < workers(); ++worker) {
        add(worker, wire::ShutDown{.status = status});
        flush(worker);
    }
    for (const int rank : idle_ranks_) {
        Message message;
        wire::append_record(message.head, wire::ShutDown{.status = status});
        endpoint_->send(rank, std::move(message));
    }
}

std::chrono::nanoseconds WorkerLines::longest_sleep() {
    return endpoint_ == nullptr ? Backoff::when_all_ring : endpoint_->longest_sleep();
}

}  // namespace hecaton::detail
