#include <algorithm>
#include <hecaton/scheduling/job_table.hpp>
#include <span>

namespace hecaton::detail::scheduling {

Place JobTable::add(const JobSpec& spec) {
    const Place place = jobs_.take();
    JobRecord& job = jobs_[place];
    job.spec = spec;
    job.spec.items = 0;
    job.spec.done = {};  // it is the caller's
    job.spec.block = std::max<std::uint64_t>(spec.block, 1);
    if (const std::uint64_t over = job.spec.chunk_size % job.spec.block; over != 0) {
        job.spec.chunk_size += job.spec.block - over;
    }
    job.order = submitted_++;
    job.counters.job = jobs_.id(place);
    job.counters.open = spec.open;
    add_known(place, spec.items, spec.done);
    return place;
}

void JobTable::report(Action::Kind kind, int worker, Place job, std::uint64_t first, std::uint64_t count,
                      std::uint32_t attempt) {
    JobRecord& of = jobs_[job];
    if (of.over) return;
    of.wanted -= of.end == JobRecord::no_end ? 0 : of.wanted_of(first, count);
    (kind == Action::Kind::lost ? of.counters.lost : of.counters.cancelled) += count;
    actions.push_back({kind, worker, {0, jobs_.id(job), first, count, attempt}});
}

void JobTable::queue_if_sendable(Place job) {
    JobRecord& of = jobs_[job];
    if (of.queued == nowhere && of.sendable()) ready_.insert(jobs_, job, of.order);
}

void JobTable::add_known(Place job, std::uint64_t more, std::span<const ItemRange> done) {
    JobRecord& of = jobs_[job];
    of.left += of.weight(of.spec.items, more);
    of.spec.items += more;
    of.counters.items += more;
    unsent_ += more;
    if (!done.empty()) pass_over(job, done);
    if (abandoned()) drop_unsent(job, Action::Kind::lost, !of.open());
    queue_if_sendable(job);
}

// Where there is no order, what is left between the items that are done becomes pieces.
void JobTable::pass_over(Place job, std::span<const ItemRange> done) {
    JobRecord& of = jobs_[job];
    std::uint64_t passed = 0;
    for (const ItemRange& range : done) {
        passed += range.count;
        of.left = std::max(of.left - of.weight(range.first, range.count), 0.0);
    }
    of.counters.done_before += passed;
    unsent_ -= passed;
    if (of.spec.order != nullptr) {  // it has no pieces of them
        of.next += passed;
        return;
    }
    const auto keep = [&](std::uint64_t end) {
        if (end == of.next) return;
        of.back += end - of.next;
        add_piece(job, {of.next, end - of.next, {}, 1, false, false, false});
    };
    for (const ItemRange& range : done) {
        keep(range.first);
        of.next = range.first + range.count;
    }
}

void JobTable::add_piece(Place job, const Piece& piece) {
    const Place place = pieces_.take();
    pieces_[place] = piece;
    jobs_[job].pieces.push_back(pieces_, place);
}

void JobTable::take_out(Place job, Place piece, std::uint64_t first, std::uint64_t count) {
    JobRecord& of = jobs_[job];
    unsent_ -= count;
    of.left = std::max(of.left - of.weight(first, count), 0.0);
    if (piece == nowhere) {
        of.next += count;
        if (of.spec.order != nullptr) ++of.ordered;
    } else {
        Piece& from = pieces_[piece];
        of.back -= count;
        from.first += count;
        from.count -= count;
        if (from.count == 0) {
            of.pieces.remove(pieces_, piece);
            pieces_.release(piece);
        }
    }
    if (!of.sendable()) ready_.remove(jobs_, job);
}

void JobTable::give_back(Place job, Piece piece, int worker) {
    JobRecord& of = jobs_[job];
    const std::uint64_t wanted = of.cancelled ? 0 : of.wanted_of(piece.first, piece.count);
    if (const std::uint64_t unwanted = piece.count - wanted; unwanted != 0)
        report(Action::Kind::cancelled, worker, job, piece.first + wanted, unwanted, piece.attempt);
    if (wanted == 0) return;
    piece.count = wanted;
    if (abandoned()) return report(Action::Kind::lost, lost_worker_, job, piece.first, piece.count, piece.attempt);
    add_piece(job, piece);
    of.back += piece.count;
    of.left += of.weight(piece.first, piece.count);
    unsent_ += piece.count;
    queue_if_sendable(job);
}

void JobTable::lose(const HeldChunk& chunk, ItemRange suspects, int worker) {
    const JobRecord& of = jobs_[chunk.job];
    const auto give = [&](std::uint64_t first, std::uint64_t end, bool suspect) {
        if (first == end) return;
        const std::uint64_t count = end - first;
        if (suspect && !of.cancelled && chunk.attempt >= static_cast<std::uint32_t>(std::max(of.spec.attempts, 1)))
            return report(Action::Kind::lost, worker, chunk.job, first, count, chunk.attempt);
        const std::uint32_t attempt = chunk.attempt + (suspect && !abandoned() ? 1 : 0);
        give_back(chunk.job, {first, count, {}, attempt, suspect || chunk.attempt > 1, false, false}, worker);
    };
    const std::uint64_t end = chunk.first + chunk.count;
    if (suspects.count == 0) return give(chunk.first, end, false);
    give(chunk.first, suspects.first, false);
    give(suspects.first, suspects.first + suspects.count, true);
    give(suspects.first + suspects.count, end, false);
}

// Reports `count` items that were never sent, the next ones: those of an order by index, and neighbours together.
void JobTable::report_new(Place job, Action::Kind kind, int worker, std::uint64_t count) {
    if (count == 0) return;
    JobRecord& of = jobs_[job];
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

void JobTable::drop_upcoming(Place job, Place piece) {
    const ItemRange range =
        piece != nowhere ? ItemRange{pieces_[piece].first, pieces_[piece].count} : jobs_[job].upcoming();
    take_out(job, piece, range.first, range.count);
    report(Action::Kind::cancelled, -1, job, range.first, range.count, 0);
}

void JobTable::drop_unsent(Place job, Action::Kind kind, bool whole) {
    JobRecord& of = jobs_[job];
    const int worker = kind == Action::Kind::lost ? lost_worker_ : -1;
    while (!of.pieces.empty()) {
        const Place place = of.pieces.front();
        const Piece piece = pieces_[place];
        report(kind, worker, job, piece.first, piece.count, piece.attempt);
        of.pieces.remove(pieces_, place);
        pieces_.release(place);
    }
    const std::uint64_t count = whole ? of.spec.items - of.next : of.fresh();
    report_new(job, kind, worker, count);
    unsent_ -= of.back + count;
    of.back = 0;
    of.next += count;
    of.left = of.weight(of.next, of.spec.items - of.next);
    if (of.queued != nowhere && !of.sendable()) ready_.remove(jobs_, job);
}

void JobTable::abandon(int worker) {
    lost_worker_ = worker;
    while (!ready_.empty()) {
        const Place job = ready_.front();
        drop_unsent(job, Action::Kind::lost, !jobs_[job].open());
        settle(job);
    }
}

void JobTable::cut(Place job, std::uint64_t from) {
    JobRecord& of = jobs_[job];
    of.counters.open = false;
    const std::uint64_t before = of.spec.items;
    if (from == 0) {
        drop_unsent(job, Action::Kind::cancelled, true);
    } else {  // there is no order
        const std::uint64_t stay = std::max(of.next, std::min(from, before));
        unsent_ -= before - stay;
        of.spec.items = stay;
        if (stay != before) report(Action::Kind::cancelled, -1, job, stay, before - stay, 0);
        for (Place at = of.pieces.front(); at != nowhere;) {
            const Place next = pieces_[at].link.after;
            cut_piece(job, at, from);
            at = next;
        }
        of.left = static_cast<double>(of.unsent());
        if (of.queued != nowhere && !of.sendable()) ready_.remove(jobs_, job);
        queue_if_sendable(job);
    }
    of.end = from;
    of.wanted = of.unsent();
    for (Place at = of.out.front(); at != nowhere; at = held_[at].of_job.after)
        of.wanted += of.wanted_of(held_[at].first, held_[at].count);
}

void JobTable::cut_piece(Place job, Place place, std::uint64_t from) {
    Piece& piece = pieces_[place];
    const std::uint64_t stay = from > piece.first ? std::min(from - piece.first, piece.count) : 0;
    const std::uint64_t gone = piece.count - stay;
    if (gone == 0) return;
    JobRecord& of = jobs_[job];
    of.back -= gone;
    unsent_ -= gone;
    report(Action::Kind::cancelled, -1, job, piece.first + stay, gone, piece.attempt);
    piece.count = stay;
    if (stay != 0) return;
    of.pieces.remove(pieces_, place);
    pieces_.release(place);
}

bool JobTable::settle(Place job) {
    JobRecord& of = jobs_[job];
    if (of.over) {
        if (!of.out.empty()) return true;
        --over_;
        jobs_.release(job);
        return true;
    }
    if (of.end != JobRecord::no_end && of.wanted == 0)
        give_up_held(job);
    else if (!of.whole())
        return false;
    complete(job);
    return true;
}

// None of them is wanted.
void JobTable::give_up_held(Place job) {
    for (Place at = jobs_[job].out.front(); at != nowhere; at = held_[at].of_job.after) {
        const HeldChunk& chunk = held_[at];
        report(Action::Kind::cancelled, chunk.worker, job, chunk.first, chunk.count, chunk.attempt);
    }
}

void JobTable::complete(Place job) {
    JobRecord& of = jobs_[job];
    completed.push_back(of.counters);
    actions.push_back({Action::Kind::complete, -1, {0, jobs_.id(job), 0, 0, 0}});
    of.over = !of.out.empty();
    if (of.over) {
        ++over_;
    } else {
        jobs_.release(job);
    }
}

}  // namespace hecaton::detail::scheduling
