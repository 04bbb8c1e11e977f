#include <algorithm>
#include <hecaton/scheduling/job_table.hpp>
#include <span>

namespace hecaton::detail::scheduling {

Place JobTable::add(const JobSpec& spec) {
    const Place place = jobs_.take();
    JobRecord& job = jobs_[place];
    job.spec = spec;
    job.spec.items = 0;
    job.spec.block = std::max<std::uint64_t>(spec.block, 1);
    if (const std::uint64_t over = job.spec.chunk_size % job.spec.block; over != 0) {
        job.spec.chunk_size += job.spec.block - over;
    }
    job.order = submitted_++;
    job.counters.job = jobs_.id(place);
    job.counters.open = spec.open;
    add_known(place, spec.items);
    return place;
}

void JobTable::report(Action::Kind kind, int worker, Place job, std::uint64_t first, std::uint64_t count,
                      std::uint32_t attempt) {
    JobRecord& of = jobs_[job];
    (kind == Action::Kind::lost ? of.counters.lost : of.counters.cancelled) += count;
    actions.push_back({kind, worker, {0, jobs_.id(job), first, count, attempt}});
}

void JobTable::queue_if_sendable(Place job) {
    JobRecord& of = jobs_[job];
    if (of.queued == nowhere && of.sendable()) ready_.insert(jobs_, job, of.order);
}

void JobTable::add_known(Place job, std::uint64_t more) {
    JobRecord& of = jobs_[job];
    of.left += of.weight(of.spec.items, more);
    of.spec.items += more;
    of.counters.items += more;
    unsent_ += more;
    if (abandoned()) drop_unsent(job, Action::Kind::lost, !of.open());
    queue_if_sendable(job);
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

void JobTable::give_back(Place job, const Piece& piece, int worker) {
    JobRecord& of = jobs_[job];
    if (of.cancelled) return report(Action::Kind::cancelled, worker, job, piece.first, piece.count, piece.attempt);
    if (abandoned()) return report(Action::Kind::lost, lost_worker_, job, piece.first, piece.count, piece.attempt);
    const Place place = pieces_.take();
    pieces_[place] = piece;
    of.pieces.push_back(pieces_, place);
    of.back += piece.count;
    of.left += of.weight(piece.first, piece.count);
    unsent_ += piece.count;
    queue_if_sendable(job);
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

bool JobTable::complete(Place job) {
    completed.push_back(jobs_[job].counters);
    actions.push_back({Action::Kind::complete, -1, {0, jobs_.id(job), 0, 0, 0}});
    jobs_.release(job);
    return true;
}

}  // namespace hecaton::detail::scheduling
