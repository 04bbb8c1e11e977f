#include <hecaton/scheduling/worker_table.hpp>

namespace hecaton::detail::scheduling {

void WorkerTable::count(int change) {
    alive += change;
    const auto workers = static_cast<std::uint64_t>(alive);
    most_chunks = options.queue_for(workers);
    ahead = options.ahead_for(workers);
    shortest = options.shortest_for(workers);
    patience = options.patience_for(workers);
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
    WorkerRecord& holder = records_[worker];
    holder.held.push_back(chunks, place);
    if (holder.chunks == 0) holder.since = now;
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
