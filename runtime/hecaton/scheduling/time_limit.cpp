#include <algorithm>
#include <cmath>
#include <hecaton/scheduling/time_limit.hpp>
#include <limits>

namespace hecaton::detail::scheduling {
namespace {

constexpr double deviations = 2;    // above the mean: what an item is taken to need
constexpr double part_of_rest = 8;  // costs change meanwhile: the next look comes after this part of the time left
constexpr double between_looks = 1e-3;

}  // namespace

// When items of that weight have to begin. Of an unmeasured job they may until the end: nothing is known of them.
Seconds TimeLimit::latest_begin(const JobRecord& job, double weight) const noexcept {
    return last_ - (job.cost.per_item() * weight + deviations * job.cost.deviation() * std::sqrt(weight));
}

bool TimeLimit::fits(const JobRecord& job, double weight, Seconds now) const noexcept {
    return now < latest_begin(job, weight);
}

// Of the least that a worker can run next. An order has the longest first.
double TimeLimit::next_weight(const JobRecord& job) const noexcept {
    if (job.spec.order == nullptr) return static_cast<double>(job.spec.block);
    if (job.ordered == job.spec.order->pieces().size()) return 0;
    const ItemRange upcoming = job.upcoming();
    return job.weight(upcoming.first, upcoming.count);
}

void TimeLimit::drop_long_ones(Place place, Seconds now) {
    JobRecord& job = jobs_[place];
    const auto drop = [&](Place piece) {
        job.counters.out_of_time = true;
        jobs_.drop_upcoming(place, piece);
    };
    for (Place at = job.pieces.front(); at != nowhere;) {
        const Piece& piece = jobs_.piece(at);
        const Place after = piece.link.after;
        if (!fits(job, job.weight(piece.first, piece.count), now)) drop(at);
        at = after;
    }
    while (job.ordered < job.spec.order->pieces().size() && !fits(job, next_weight(job), now)) drop(nowhere);
}

void TimeLimit::stop(Place place, Seconds now) {
    JobRecord& job = jobs_[place];
    job.cancelled = true;
    job.counters.out_of_time = true;
    jobs_.drop_unsent(place, Action::Kind::cancelled, true);
    recalls_.ask_for(place, 0, now);
    jobs_.settle(place);
}

void TimeLimit::set(Seconds last) noexcept {
    last_ = last;
    next_ = -std::numeric_limits<Seconds>::infinity();
}

bool TimeLimit::stop_late(Place place, Seconds now) {
    if (last_ == std::numeric_limits<Seconds>::infinity()) return false;
    if (now >= last_) return stop(place, now), true;
    next_ = std::min(next_.value_or(last_), last_);
    return false;
}

void TimeLimit::check(Seconds now) {
    if (!next_ || now < *next_) return;
    std::optional<Seconds> next;
    jobs_.each([&](Place place) {
        JobRecord& job = jobs_[place];
        if (job.cancelled) return;
        if (job.spec.order != nullptr) drop_long_ones(place, now);
        if (jobs_.settle(place)) return;
        const double weight = next_weight(job);
        if (!fits(job, weight, now)) return stop(place, now);
        next = std::min(next.value_or(last_), latest_begin(job, weight));
    });
    next_ = next;
    if (next_) next_ = std::min(*next_, now + std::max((last_ - now) / part_of_rest, between_looks));
}

}  // namespace hecaton::detail::scheduling
