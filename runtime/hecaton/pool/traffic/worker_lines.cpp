#include <algorithm>
#include <hecaton/foundation/error.hpp>
#include <hecaton/pool/traffic/worker_lines.hpp>

namespace hecaton::detail {

WorkerLines::WorkerLines(Endpoint* endpoint, Worker* local, const std::vector<int>& ranks,
                         const std::vector<int>& idle_ranks)
    : endpoint_(endpoint), local_(local) {
    const auto add = [this](int rank) {
        const auto at = static_cast<std::size_t>(rank);
        if (worker_of_rank_.size() <= at) worker_of_rank_.resize(at + 1, -1);
        worker_of_rank_[at] = static_cast<int>(lines_.size());
        lines_.push_back({.rank = rank});
    };
    if (local_ != nullptr) lines_.push_back({});
    for (const int rank : ranks) add(rank);
    workers_ = static_cast<int>(lines_.size());
    for (const int rank : idle_ranks) add(rank);
    lost_ranks_.reserve(lines_.size());
}

void WorkerLines::flush(int worker, Bulk bulk) {
    Line& to = lines_[static_cast<std::size_t>(worker)];
    if (to.lost) return to.out.clear();
    Buffer next = wire::new_head();
    Message message{std::move(to.out), std::move(bulk)};
    to.out = std::move(next);
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
    for (int worker = 0; worker < static_cast<int>(lines_.size()); ++worker) {
        Line& to = lines_[static_cast<std::size_t>(worker)];
        if (to.shut_down) continue;
        add(worker, wire::ShutDown{.status = status, .lost_bytes = lost_ranks_.size() * sizeof(int)});
        wire::append(out(worker), lost_ranks_.data(), lost_ranks_.size() * sizeof(int));
        flush(worker);
        to.shut_down = true;
    }
}

void WorkerLines::lose(int worker) noexcept {
    Line& line = lines_[static_cast<std::size_t>(worker)];
    if (std::exchange(line.lost, true)) return;
    line.out.clear();
    said_goodbye(worker);
    lost_ranks_.push_back(line.rank);  // there is room
    endpoint_->forget(line.rank);
}

void WorkerLines::give_up() noexcept {
    for (Line& line : lines_) line.out.clear();
    if (local_ != nullptr) local_->give_up();
}

void WorkerLines::recall() {
    for (int worker = 0; worker < workers(); ++worker) {
        Line& to = lines_[static_cast<std::size_t>(worker)];
        if (to.rank < 0 || to.recalled || to.shut_down || to.lost) continue;
        add(worker, wire::Recall{});
        flush(worker);
        to.recalled = true;
    }
}

bool WorkerLines::local_at_rest() const noexcept { return local_ == nullptr || !local_->computing(); }

void WorkerLines::said_goodbye(int worker) noexcept {
    if (!std::exchange(lines_[static_cast<std::size_t>(worker)].left, true)) ++goodbyes_;
}

std::chrono::nanoseconds WorkerLines::longest_sleep() {
    return endpoint_ == nullptr ? Backoff::when_all_ring : endpoint_->longest_sleep();
}

void WorkerLines::pass_over(int worker, wire::RecordReader records) noexcept {
    try {
        while (!records.at_end()) {
            if (records.kind() == wire::Kind::bye) said_goodbye(worker);
            wire::pass_over(records);
        }
    } catch (const DecodeError&) {  // the message that the pool has failed for
    }
}

}  // namespace hecaton::detail
