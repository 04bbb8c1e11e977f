// The dispatcher's bookkeeping of jobs: what is known, what came back, what is reported, when a job is complete.
#include <algorithm>
#include <hecaton/scheduling/dispatcher_state.hpp>
#include <span>

namespace hecaton::detail::scheduling {

void Dispatcher::State::report(Action::Kind kind, int worker, Place job, std::uint64_t first, std::uint64_t count,
                               std::uint32_t attempt) {
    Job& of = jobs[job];
    (kind == Action::Kind::lost ? of.counters.lost : of.counters.cancelled) += count;
    actions.push_back({kind, worker, {0, jobs.id(job), first, count, attempt}});
}

void Dispatcher::State::queue_if_sendable(Place job) {
    Job& of = jobs[job];
    if (of.queued == nowhere && of.sendable()) ready.insert(jobs, job, of.order);
}

void Dispatcher::State::add_known(Place job, std::uint64_t more) {
    Job& of = jobs[job];
    of.left += of.weight(of.spec.items, more);
    of.spec.items += more;
    of.counters.items += more;
    unsent += more;
    if (abandoned()) drop_unsent(job, Action::Kind::lost, !of.open());
    queue_if_sendable(job);
}

// Items that will not finish where they were: to be sent again, unless nobody wants them or nobody is left to run them.
void Dispatcher::State::give_back(Place job, Piece piece, int worker) {
    Job& of = jobs[job];
    if (of.cancelled) return report(Action::Kind::cancelled, worker, job, piece.first, piece.count, piece.attempt);
    if (abandoned()) return report(Action::Kind::lost, last_lost, job, piece.first, piece.count, piece.attempt);
    const Place place = pieces.take();
    pieces[place] = piece;
    of.pieces.push_back(pieces, place);
    of.back += piece.count;
    of.left += of.weight(piece.first, piece.count);
    unsent += piece.count;
    queue_if_sendable(job);
}

// Reports `count` items that were never sent, the next ones: those of an order by index, and neighbours together.
void Dispatcher::State::report_new(Place job, Action::Kind kind, int worker, std::uint64_t count) {
    if (count == 0) return;
    Job& of = jobs[job];
    if (of.spec.order == nullptr) return report(kind, worker, job, of.next, count, 0);
    const auto& pieces_in_order = of.spec.order->pieces();
    std::vector<ItemRange> never_sent(pieces_in_order.begin() + static_cast<std::ptrdiff_t>(of.ordered),
                                      pieces_in_order.end());
    std::sort(never_sent.begin(), never_sent.end(),
              [](const ItemRange& a, const ItemRange& b) { return a.first < b.first; });
    ItemRange together = never_sent.front();
    for (const ItemRange& range : std::span(never_sent).subspan(1)) {
        if (range.first == together.first + together.count) {
            together.count += range.count;
        } else {
            report(kind, worker, job, together.first, together.count, 0);
            together = range;
        }
    }
    report(kind, worker, job, together.first, together.count, 0);
}

// Reports all items of the job that no worker holds; of an open input without `whole` the last, unfinished block stays.
void Dispatcher::State::drop_unsent(Place job, Action::Kind kind, bool whole) {
    Job& of = jobs[job];
    const int worker = kind == Action::Kind::lost ? last_lost : -1;
    while (!of.pieces.empty()) {
        const Place place = of.pieces.front();
        const Piece piece = pieces[place];
        report(kind, worker, job, piece.first, piece.count, piece.attempt);
        of.pieces.remove(pieces, place);
        pieces.release(place);
    }
    const std::uint64_t count = whole ? of.spec.items - of.next : of.fresh();
    report_new(job, kind, worker, count);
    unsent -= of.back + count;
    of.back = 0;
    of.next += count;
    of.left = of.weight(of.next, of.spec.items - of.next);
    if (of.queued != nowhere && !of.sendable()) ready.remove(jobs, job);
}

void Dispatcher::State::drop_everything_unsent() {
    while (!ready.empty()) {
        const Place job = ready.front();
        drop_unsent(job, Action::Kind::lost, !jobs[job].open());
        settle(job);
    }
}

// Forgets the job if all of it is reported; returns whether it did.
bool Dispatcher::State::settle(Place job) {
    Job& of = jobs[job];
    if (of.open() || of.unsent() != 0 || !of.out.empty()) return false;
    completed.push_back(of.counters);
    actions.push_back({Action::Kind::complete, -1, {0, jobs.id(job), 0, 0, 0}});
    jobs.release(job);
    return true;
}

// The chunk leaves its worker and its job, which both may get new work afterwards.
void Dispatcher::State::detach(Place chunk, Seconds now) {
    const HeldChunk& held = chunks[chunk];
    Worker& worker = workers[static_cast<std::size_t>(held.worker)];
    if (worker.held.front() == chunk) worker.since = now;
    worker.held.remove(chunks, chunk);
    jobs[held.job].out.remove(chunks, chunk);
    --worker.chunks;
    if (!held.asked) --worker.unasked;
    if (held.blind) --worker.blind;
    worker.load = worker.chunks == 0 ? 0 : worker.load - held.estimate;  // 0: no rounding error outlives a pause
    chunks.release(chunk);
}

// The worker keeps the chunk, without its first `done` and its last `back` items.
void Dispatcher::State::shorten(Place chunk, std::uint64_t done, std::uint64_t back, Seconds now) {
    HeldChunk& held = chunks[chunk];
    Worker& worker = workers[static_cast<std::size_t>(held.worker)];
    if (done != 0 && worker.held.front() == chunk) worker.since = now;
    const double less = held.estimate * static_cast<double>(done + back) / static_cast<double>(held.count);
    held.estimate -= less;
    worker.load -= less;
    held.first += done;
    held.count -= done + back;
}

}  // namespace hecaton::detail::scheduling
