// Who gets which items: workers are supplied ahead of time, in batches, and nobody gets ahead of a share of what is
// left.
#include <algorithm>
#include <cmath>
#include <hecaton/scheduling/dispatcher_state.hpp>

namespace hecaton::detail::scheduling {
namespace {

constexpr std::uint32_t automatic_queue = 8;  // chunks of automatic size that a worker holds at most
constexpr double long_chunks = 10;            // times `patience`: waiting for a round trip after these does not matter

std::uint64_t round_up(std::uint64_t items, std::uint64_t block) {
    const std::uint64_t over = items % block;
    if (over == 0) return items;
    return items > UINT64_MAX - block ? items - over : items + (block - over);
}

}  // namespace

void Dispatcher::State::count_workers(int change) {
    alive += change;
    const auto workers_now = static_cast<std::uint64_t>(alive);
    queue = options.queue_for(workers_now);
    ahead = options.ahead_for(workers_now);
    shortest = options.shortest_for(workers_now);
    patience = options.patience_for(workers_now);
}

double Dispatcher::State::item_seconds(const Job& job) const noexcept {
    return job.cost.known() ? job.cost.per_item() : usual.per_item();
}

// Of all that nobody holds, other jobs' items taken to be like this one's.
double Dispatcher::State::rest_seconds(const Job& job) const noexcept {
    return (static_cast<double>(unsent - job.unsent()) + job.left) * item_seconds(job);
}

// How much longer than estimated a chunk may well take. Where items are not told apart, one of them may be a long one.
double Dispatcher::State::uncertainty(const Job& job, const Cut& cut) const noexcept {
    const double deviation = (cut.blind ? usual : job.cost).deviation();
    return job.spec.order != nullptr ? deviation * std::sqrt(job.weight(cut.chunk.first, cut.chunk.count)) : deviation;
}

// What of the job would be sent next: pieces that came back first.
Cut Dispatcher::State::plan(Place job, const Worker& worker) const {
    const Job& of = jobs[job];
    const std::uint64_t block = of.spec.block;
    std::uint64_t size = of.spec.chunk_size != 0 ? of.spec.chunk_size
                         : of.spec.order != nullptr
                             ? of.spec.items
                             : automatic_chunk(options, of.cost, of.unsent(), static_cast<std::uint64_t>(alive), block);
    Cut cut;
    cut.chunk.job = jobs.id(job);
    cut.piece = of.pieces.front();
    std::uint64_t there = 0;
    if (cut.piece != nowhere) {
        const Piece& piece = pieces[cut.piece];
        if (piece.single) size = block;
        // For this worker, all that are idle, and those that will be once they have given back.
        if (piece.split || piece.halve) {
            const auto sharing = static_cast<std::uint64_t>(idle_count + recalls) + (worker.chunks == 0 ? 1 : 0);
            const auto parts = std::max<std::uint64_t>(sharing, piece.halve ? 2 : 1);
            size = std::min(size, round_up(std::max<std::uint64_t>(piece.count / parts, 1), block));
            cut.there = piece.count / parts;
        } else if (!piece.single) {
            cut.there = piece.count;
        }
        there = piece.count;
        cut.chunk.first = piece.first;
        cut.chunk.attempt = piece.attempt;
    } else {
        const ItemRange upcoming = of.upcoming();
        there = upcoming.count;
        cut.chunk.first = upcoming.first;
        cut.there = there;
    }
    const std::uint64_t over = block == 1 ? 0 : cut.chunk.first % block;
    cut.chunk.count = std::min(size - over, there);
    cut.chunk.size = cut.chunk.count;
    cut.short_of_full = of.spec.chunk_size != 0 && cut.chunk.count < of.spec.chunk_size;
    cut.blind = !of.cost.known();
    cut.estimate = of.weight(cut.chunk.first, cut.chunk.count) * item_seconds(of);
    return cut;
}

// Whether a worker that holds chunks already should hold this one, too.
bool Dispatcher::State::wants(const Worker& worker, const Job& job, const Cut& cut, Seconds now) const {
    if (worker.chunks == 0) return true;
    if (idle_count > 0) return false;  // another has nothing at all
    // Nor will whoever gives this back: it would be asked back for that one's sake, again and again.
    if (cut.piece != nowhere && recalls > 0) return false;
    const bool only_chunk = cut.chunk.count == job.spec.items && !job.open();
    if (job.spec.chunk_size != 0 || only_chunk) {
        if (worker.chunks >= queue) return false;
    } else {
        // Automatic chunks are short only while little is known of the job or little is left of it: no time for many of
        // them.
        if (worker.chunks >= (cut.estimate < shortest ? 2 : automatic_queue)) return false;
        if (cut.estimate < options.dispatch * alive) return false;  // the root has better to do
    }
    const HeldChunk& oldest = chunks[worker.held.front()];
    if (now - worker.since > std::max(patience, 2 * oldest.estimate)) return false;  // stuck in something unexpected
    // One unmeasured chunk of a job for each worker.
    if (cut.blind && (!usual.known() || !(only_chunk || worker.blind == 0))) return false;
    if (cut.estimate > long_chunks * patience) return false;
    // Nothing behind one of an order's longest before it is known how long that is.
    if (job.spec.order != nullptr && worker.blind != 0) return false;
    const double share = rest_seconds(job) / alive;
    if (!job.open()) {
        // The tail: who is done first takes it. Where items vary much it begins early, for any may be a long one.
        if (worker.load + cut.estimate + 3 * uncertainty(job, cut) > share) return false;
    } else {  // more may come, which this can not foresee
        if (cut.short_of_full) return false;
        if (worker.load + cut.estimate > share && (cut.estimate > ahead || worker.chunks >= 2)) return false;
    }
    return worker.chunks < 2 || worker.load - oldest.estimate < ahead;
}

// More chunks of an explicit size go along, so that tiny ones do not cost a message and an event each: no more than
// half of what the worker may hold, and half of its share of the rest.
void Dispatcher::State::lengthen(Cut& cut, const Worker& worker, const Job& job) const {
    const std::uint64_t size = job.spec.chunk_size;
    if (size == 0 || job.spec.order != nullptr || cut.blind || cut.chunk.count != size || job.spec.together < 2 * size)
        return;
    const double share = rest_seconds(job) / alive;
    const double time = std::min(ahead, share - worker.load) / 2;
    if (!(time >= 2 * cut.estimate)) return;
    const auto chunks_in_time = static_cast<std::uint64_t>(std::min(time / cut.estimate, 1e9));
    const std::uint64_t run = std::min({chunks_in_time, cut.there / size, job.spec.together / size, queue / 2});
    if (run < 2) return;
    cut.chunk.count = run * size;
    cut.estimate *= static_cast<double>(run);
}

// Whether it is time to supply the worker: late enough that several chunks go in one message.
bool Dispatcher::State::low(const Worker& worker) const {
    if (worker.chunks < 2) return true;
    if (worker.chunks > queue / 2) return false;
    double target = ahead;
    if (!ready.empty()) {
        const double share = rest_seconds(jobs[ready.front()]) / alive;
        target = std::min(target, share);
    }
    return worker.load - chunks[worker.held.front()].estimate < target / 2;
}

void Dispatcher::State::send(Place to, Place job, const Cut& cut, Seconds now) {
    const Place place = chunks.take();
    HeldChunk& held = chunks[place];
    Worker& worker = workers[to];
    Job& of = jobs[job];
    held.first = cut.chunk.first;
    held.count = cut.chunk.count;
    held.estimate = cut.estimate;
    held.job = job;
    held.worker = static_cast<int>(to);
    held.attempt = cut.chunk.attempt;
    held.blind = cut.blind;
    of.out.push_back(chunks, place);
    worker.held.push_back(chunks, place);
    if (worker.chunks == 0) worker.since = now;
    ++worker.chunks;
    ++worker.unasked;
    if (cut.blind) ++worker.blind;
    worker.load += cut.estimate;

    unsent -= held.count;
    of.left = std::max(of.left - of.weight(held.first, held.count), 0.0);
    if (cut.piece != nowhere) {
        Piece& piece = pieces[cut.piece];
        of.back -= held.count;
        piece.first += held.count;
        piece.count -= held.count;
        if (piece.count == 0) {
            of.pieces.remove(pieces, cut.piece);
            pieces.release(cut.piece);
        }
    } else {
        of.next += held.count;
        if (of.spec.order != nullptr) ++of.ordered;
    }
    if (!of.sendable()) ready.remove(jobs, job);
    of.counters.chunks += (cut.chunk.count + cut.chunk.size - 1) / cut.chunk.size;
    if (held.attempt > 1) ++of.counters.retried;
    actions.push_back({Action::Kind::send, static_cast<int>(to), cut.chunk});
    actions.back().chunk.id = chunks.id(place);
}

void Dispatcher::State::leave_turn(Place place) {
    Worker& worker = workers[place];
    if (worker.turn == Worker::Turn::idle) {
        idle.remove(workers, place);
        --idle_count;
    } else if (worker.turn == Worker::Turn::low) {
        few.remove(workers, place);
    }
    worker.turn = Worker::Turn::none;
}

// Supplies one worker if it is low, as far as there is something for it; it waits in a list if it could do with more.
void Dispatcher::State::refill(Place place, Seconds now) {
    Worker& worker = workers[place];
    if (!worker.alive || worker.recalled) return;
    if (!low(worker)) return leave_turn(place);
    if (!ready.empty()) {
        if (worker.turn == Worker::Turn::idle) leave_turn(place);
        while (!ready.empty()) {
            const Place job = ready.front();
            Cut cut = plan(job, worker);
            if (!wants(worker, jobs[job], cut, now)) break;
            lengthen(cut, worker, jobs[job]);
            send(place, job, cut, now);
        }
    }
    const auto turn = worker.chunks == 0 ? Worker::Turn::idle : low(worker) ? Worker::Turn::low : Worker::Turn::none;
    if (turn == worker.turn) return;
    leave_turn(place);
    worker.turn = turn;
    if (turn == Worker::Turn::low) few.push_back(workers, place);
    if (turn == Worker::Turn::idle) {
        idle.push_back(workers, place);
        ++idle_count;
    }
}

// Something to send has turned up: idle workers first, then those that hold little.
void Dispatcher::State::serve(Seconds now) {
    while (!ready.empty() && !idle.empty()) {
        const Place worker = idle.front();
        refill(worker, now);
        note_load(worker);
    }
    for (int refused = 0; refused < 4 && !ready.empty() && !few.empty();) {
        const Place place = few.front();
        Worker& worker = workers[place];
        const std::uint32_t before = worker.chunks;
        refill(place, now);
        if (worker.chunks == before) ++refused;
        if (worker.turn == Worker::Turn::low) {  // to the end of the line
            few.remove(workers, place);
            few.push_back(workers, place);
        }
        note_load(place);
    }
}

}  // namespace hecaton::detail::scheduling
