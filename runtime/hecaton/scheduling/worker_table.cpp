#include <algorithm>
#include <hecaton/scheduling/worker_table.hpp>

namespace hecaton::detail::scheduling {
namespace {

constexpr double longest_believed = 0.1;  // seconds of a round trip: what takes longer was kept by something else
constexpr double slower = 1.0 / 8;        // a longer trip may be an accident: it counts with that part

}  // namespace

void WorkerTable::count(int change) {
    alive += change;
    const auto workers = static_cast<std::uint64_t>(alive);
    most_chunks = options.queue_for(workers);
    ahead = options.ahead_for(workers);
    shortest = options.shortest_for(workers);
    patience = options.patience_for(workers) + longest_travel_;
}

void WorkerTable::heard_of(Place chunk, double seconds, Seconds now) {
    HeldChunk& held = chunks[chunk];
    if (!held.alone) return;
    held.alone = false;
    WorkerRecord& worker = records_[static_cast<std::size_t>(held.worker)];
    const double travel = std::clamp(now - held.sent_at - std::max(seconds, 0.0), 0.0, longest_believed);
    const double before = worker.travel;
    worker.travel = before == 0 || travel < before ? travel : before + slower * (travel - before);
    // Of one that is not there any more, or near now, nothing is left once some news of each worker have come.
    longest_travel_ = std::max(worker.travel, longest_travel_ - (longest_travel_ - worker.travel) / (8.0 * alive));
    patience = options.patience_for(static_cast<std::uint64_t>(alive)) + longest_travel_;
}

Place WorkerTable::add() {
    records_.emplace_back();
    count(+1);
    return static_cast<Place>(records_.size() - 1);
}

void WorkerTable::lose(Place worker) {
    records_[worker].alive = false;
    leave_turn(worker);
    count(-1);
}

void WorkerTable::revive(Place worker) {
    records_[worker].alive = true;
    count(+1);
}

Place WorkerTable::hold(Place worker, Place job, const Chunk& chunk, double estimate, bool blind, Seconds now) {
    const Place place = chunks.take();
    HeldChunk& held = chunks[place];
    held.first = chunk.first;
    held.count = chunk.count;
    held.estimate = estimate;
    held.job = job;
    held.worker = static_cast<int>(worker);
    held.attempt = chunk.attempt;
    held.blind = blind;
    held.sent_at = now;
    WorkerRecord& holder = records_[worker];
    holder.held.push_back(chunks, place);
    held.alone = holder.chunks == 0;
    if (held.alone) holder.since = now;
    ++holder.chunks;
    ++holder.unasked;
    if (blind) ++holder.blind;
    holder.load += estimate;
    return place;
}

void WorkerTable::detach(Place chunk, JobRecord& job, Seconds now) {
    const HeldChunk& held = chunks[chunk];
    WorkerRecord& worker = records_[static_cast<std::size_t>(held.worker)];
    if (worker.held.front() == chunk) worker.since = now;
    worker.held.remove(chunks, chunk);
    job.out.remove(chunks, chunk);
    --worker.chunks;
    if (!held.asked) --worker.unasked;
    if (held.blind) --worker.blind;
    worker.load = worker.chunks == 0 ? 0 : worker.load - held.estimate;  // 0: no rounding error outlives a pause
    chunks.release(chunk);
}

void WorkerTable::shorten(Place chunk, std::uint64_t done, std::uint64_t back, Seconds now) {
    HeldChunk& held = chunks[chunk];
    WorkerRecord& worker = records_[static_cast<std::size_t>(held.worker)];
    if (done != 0 && worker.held.front() == chunk) worker.since = now;
    const double less = held.estimate * static_cast<double>(done + back) / static_cast<double>(held.count);
    held.estimate -= less;
    worker.load -= less;
    held.first += done;
    held.count -= done + back;
}

void WorkerTable::queue(Place worker, WorkerRecord::Turn turn) {
    using Turn = WorkerRecord::Turn;
    WorkerRecord& record = records_[worker];
    if (record.turn == Turn::idle) {
        idle.remove(records_, worker);
        --idle_count;
    } else if (record.turn == Turn::low) {
        few.remove(records_, worker);
    }
    record.turn = turn;
    if (turn == Turn::low) few.push_back(records_, worker);
    if (turn == Turn::idle) {
        idle.push_back(records_, worker);
        ++idle_count;
    }
}

}  // namespace hecaton::detail::scheduling
