#include <algorithm>
#include <cmath>
#include <hecaton/scheduling/supply.hpp>

namespace hecaton::detail::scheduling {
namespace {

constexpr std::uint32_t automatic_queue = 8;  // chunks of automatic size that a worker near by holds at most
constexpr double long_chunks = 10;            // times `patience`: waiting for a round trip after these does not matter

std::uint64_t round_up(std::uint64_t items, std::uint64_t block) {
    const std::uint64_t over = items % block;
    if (over == 0) return items;
    return items > UINT64_MAX - block ? items - over : items + (block - over);
}

}  // namespace

double Supply::item_seconds(const JobRecord& job) const noexcept {
    return job.cost.known() ? job.cost.per_item() : usual_.per_item();
}

// Of all that nobody holds, other jobs' items taken to be like this one's: seconds for each worker.
double Supply::share(const JobRecord& job) const noexcept {
    return (static_cast<double>(jobs_.unsent_beside(job)) + job.left) * item_seconds(job) / workers_.alive;
}

// How much longer than estimated a chunk may well take. Where items are not told apart, one of them may be a long one.
double Supply::uncertainty(const JobRecord& job, const Cut& cut) const noexcept {
    const double deviation = (cut.blind ? usual_ : job.cost).deviation();
    return job.spec.order != nullptr ? deviation * std::sqrt(job.weight(cut.chunk.first, cut.chunk.count)) : deviation;
}

// What of the job would be sent next: pieces that came back first.
Supply::Cut Supply::plan(Place job, const WorkerRecord& worker) const {
    const JobRecord& of = jobs_[job];
    const std::uint64_t block = of.spec.block;
    std::uint64_t size = of.spec.chunk_size != 0 ? of.spec.chunk_size
                         : of.spec.order != nullptr
                             ? of.spec.items
                             : automatic_chunk(workers_.options, of.cost, of.unsent(),
                                               static_cast<std::uint64_t>(workers_.alive), block);
    Cut cut;
    cut.chunk.job = jobs_.id(job);
    cut.piece = of.pieces.front();
    std::uint64_t there = 0;
    if (cut.piece != nowhere) {
        const Piece& piece = jobs_.piece(cut.piece);
        if (piece.single) size = block;
        // For this worker, all that are idle, and those that will be once they have given back.
        if (piece.split || piece.halve) {
            const auto sharing =
                static_cast<std::uint64_t>(workers_.idle_count + recalls_.pending()) + (worker.chunks == 0 ? 1 : 0);
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
bool Supply::wants(const WorkerRecord& worker, const JobRecord& job, const Cut& cut, Seconds now) const {
    if (worker.chunks == 0) return true;
    if (workers_.idle_count > 0) return false;  // another has nothing at all
    // Nor will whoever gives this back: it would be asked back for that one's sake, again and again.
    if (cut.piece != nowhere && recalls_.pending() > 0) return false;
    const bool only_chunk = cut.chunk.count == job.spec.items && !job.open();
    if (job.spec.chunk_size != 0 || only_chunk) {
        if (worker.chunks >= workers_.most_chunks) return false;
    } else {
        // Automatic chunks are short only while little is known of the job or little is left of it: no time for many of
        // them.
        if (worker.chunks >= (cut.estimate < workers_.shortest ? 2 : automatic_queue) &&
            worker.load >= workers_.ahead_of(worker))
            return false;
        if (cut.estimate < workers_.options.dispatch * workers_.alive) return false;  // the root has better to do
    }
    const HeldChunk& oldest = workers_.chunks[worker.held.front()];
    if (now - worker.since > std::max(workers_.patience, 2 * oldest.estimate))
        return false;  // stuck in something unexpected
    // One unmeasured chunk of a job for each worker.
    if (cut.blind && (!usual_.known() || !(only_chunk || worker.blind == 0))) return false;
    if (cut.estimate > long_chunks * workers_.patience) return false;
    // Nothing behind one of an order's longest before it is known how long that is.
    if (job.spec.order != nullptr && worker.blind != 0) return false;
    const double share = this->share(job);
    if (!job.open()) {
        // The tail: who is done first takes it. Where items vary much it begins early, for any may be a long one.
        if (worker.load + cut.estimate + 3 * uncertainty(job, cut) > share) return false;
    } else {  // more may come, which this cannot foresee
        if (cut.short_of_full) return false;
        if (worker.load + cut.estimate > share && (cut.estimate > workers_.ahead_of(worker) || worker.chunks >= 2))
            return false;
    }
    return worker.chunks < 2 || worker.load - oldest.estimate < workers_.ahead_of(worker);
}

// More chunks of an explicit size go along, so that tiny ones do not cost a message and an event each: no more than
// half of what the worker may hold, and half of its share of the rest.
void Supply::lengthen(Cut& cut, const WorkerRecord& worker, const JobRecord& job) const {
    const std::uint64_t size = job.spec.chunk_size;
    if (size == 0 || job.spec.order != nullptr || cut.blind || cut.chunk.count != size || job.spec.together < 2 * size)
        return;
    const double share = this->share(job);
    const double time = std::min(workers_.ahead_of(worker), share - worker.load) / 2;
    if (!(time >= 2 * cut.estimate)) return;
    const auto chunks_in_time = static_cast<std::uint64_t>(std::min(time / cut.estimate, 1e9));
    const std::uint64_t run =
        std::min({chunks_in_time, cut.there / size, job.spec.together / size, workers_.most_chunks / 2});
    if (run < 2) return;
    cut.chunk.count = run * size;
    cut.estimate *= static_cast<double>(run);
}

// Whether it is time to supply the worker: late enough that several chunks go in one message.
bool Supply::low(const WorkerRecord& worker) const {
    if (worker.chunks < 2) return true;
    if (worker.chunks > workers_.most_chunks / 2) return false;
    double target = workers_.ahead_of(worker);
    if (!jobs_.ready().empty()) {
        target = std::min(target, share(jobs_[jobs_.ready().front()]));
    }
    return worker.load - workers_.chunks[worker.held.front()].estimate < target / 2;
}

void Supply::send(Place worker, Place job, const Cut& cut, Seconds now) {
    JobRecord& of = jobs_[job];
    const Chunk& chunk = cut.chunk;
    const Place place = workers_.hold(worker, job, chunk, cut.estimate, cut.blind, now);
    of.out.push_back(workers_.chunks, place);
    jobs_.take_out(job, cut.piece, chunk.first, chunk.count);
    of.counters.chunks += (chunk.count + chunk.size - 1) / chunk.size;
    if (chunk.attempt > 1) ++of.counters.retried;
    jobs_.actions.push_back({Action::Kind::send, static_cast<int>(worker), chunk});
    jobs_.actions.back().chunk.id = workers_.chunks.id(place);
}

void Supply::refill(Place place, Seconds now) {
    WorkerRecord& worker = workers_[place];
    if (!worker.alive || worker.recalled) return;
    if (!low(worker)) return workers_.leave_turn(place);
    if (!jobs_.ready().empty()) {
        if (worker.turn == WorkerRecord::Turn::idle) workers_.leave_turn(place);
        while (!jobs_.ready().empty()) {
            const Place job = jobs_.ready().front();
            Cut cut = plan(job, worker);
            if (!wants(worker, jobs_[job], cut, now)) break;
            lengthen(cut, worker, jobs_[job]);
            send(place, job, cut, now);
        }
    }
    const auto turn = worker.chunks == 0 ? WorkerRecord::Turn::idle
                      : low(worker)      ? WorkerRecord::Turn::low
                                         : WorkerRecord::Turn::none;
    if (turn != worker.turn) workers_.queue(place, turn);
}

void Supply::serve(Seconds now) {
    while (!jobs_.ready().empty() && !workers_.idle.empty()) {
        const Place worker = workers_.idle.front();
        refill(worker, now);
        recalls_.note_load(worker);
    }
    for (int refused = 0; refused < 4 && !jobs_.ready().empty() && !workers_.few.empty();) {
        const Place place = workers_.few.front();
        WorkerRecord& worker = workers_[place];
        const std::uint32_t before = worker.chunks;
        refill(place, now);
        if (worker.chunks == before) ++refused;
        if (worker.turn == WorkerRecord::Turn::low) workers_.queue(place, worker.turn);  // to the end of the line
        recalls_.note_load(place);
    }
}

}  // namespace hecaton::detail::scheduling
