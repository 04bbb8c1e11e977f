#include <algorithm>
#include <bit>
#include <hecaton/scheduling/recalls.hpp>

namespace hecaton::detail::scheduling {

int Donors::bucket_for(double seconds) noexcept {
    // A double's bits sort like its value: the exponent and two bits of the mantissa make four buckets for each power
    // of two.
    constexpr auto smallest = static_cast<int>(std::bit_cast<std::uint64_t>(0x1p-30) >> 50);
    if (!(seconds >= 0x1p-30)) return -1;
    return std::min(static_cast<int>(std::bit_cast<std::uint64_t>(seconds) >> 50) - smallest, buckets - 1);
}

void Donors::move(std::vector<WorkerRecord>& workers, Place place, int bucket) noexcept {
    WorkerRecord& worker = workers[place];
    if (worker.bucket == bucket) return;
    if (worker.bucket >= 0) {
        const auto old = static_cast<std::size_t>(worker.bucket);
        lists_[old].remove(workers, place);
        if (lists_[old].empty()) filled_[old / 64] &= ~(std::uint64_t{1} << (old % 64));
    }
    worker.bucket = bucket;
    if (bucket >= 0) {
        const auto now = static_cast<std::size_t>(bucket);
        lists_[now].push_back(workers, place);
        filled_[now / 64] |= std::uint64_t{1} << (now % 64);
    }
}

Place Donors::highest(int bucket) const noexcept {
    if (bucket < 0) return nowhere;
    const auto top = static_cast<std::size_t>(bucket);
    for (std::size_t word = top / 64 + 1; word-- > 0;) {
        std::uint64_t bits = filled_[word];
        if (word == top / 64) bits &= UINT64_MAX >> (63 - top % 64);
        if (bits != 0) return lists_[word * 64 + 63 - static_cast<std::size_t>(std::countl_zero(bits))].front();
    }
    return nowhere;
}

// Puts the worker where balance() looks for those that could give something back.
void Recalls::note_load(Place place) {
    WorkerRecord& worker = workers_[place];
    bool could = worker.alive && !worker.recalled && worker.unasked != 0;
    int bucket = -1;
    if (could) {
        const HeldChunk& oldest = workers_.chunks[worker.held.front()];
        const std::uint64_t block = jobs_[oldest.job].spec.block;
        could = worker.unasked > 1 || oldest.asked || oldest.count > block;
        const double stays = oldest.count > block
                                 ? oldest.estimate * static_cast<double>(block) / static_cast<double>(oldest.count)
                                 : oldest.estimate;
        const double gives = could ? worker.load - stays : 0;
        if (gives >= 2 * workers_.options.shortest) bucket = Donors::bucket_for(gives);
    }
    donors_.move(workers_.records(), place, bucket);
    if (could == worker.aged && (!could || worker.aged_at == worker.since)) return;
    if (worker.aged) ages_.remove(workers_.records(), place);
    if (could) ages_.push_back(workers_.records(), place);
    worker.aged = could;
    worker.aged_at = worker.since;
}

void Recalls::ask(Place place, Seconds now) {
    WorkerRecord& worker = workers_[place];
    worker.recalled = true;
    workers_.leave_turn(place);
    for (Place at = worker.held.front(); at != nowhere; at = workers_.chunks[at].at_worker.after) {
        workers_.chunks[at].asked = true;
        workers_.chunks[at].estimate = 0;
    }
    worker.unasked = 0;
    worker.load = 0;
    note_load(place);
    worker.asked_at = now;
    worker.expected = true;
    asked_.push_back(workers_.records(), place);
    ++pending_;
    jobs_.actions.push_back({Action::Kind::recall, static_cast<int>(place), {}});
}

void Recalls::ask_for(Place job, std::uint64_t from, Seconds now) {
    for (Place at = jobs_[job].out.front(); at != nowhere; at = workers_.chunks[at].of_job.after) {
        const HeldChunk& chunk = workers_.chunks[at];
        const auto worker = static_cast<Place>(chunk.worker);
        const bool concerned = chunk.first + chunk.count > from;
        if (concerned && !chunk.asked && !workers_[worker].recalled) ask(worker, now);
    }
}

void Recalls::expect_nothing(Place place) {
    if (!workers_[place].expected) return;
    workers_[place].expected = false;
    asked_.remove(workers_.records(), place);
    --pending_;
}

bool Recalls::worth_asking(const WorkerRecord& worker, Seconds now) const {
    const HeldChunk& oldest = workers_.chunks[worker.held.front()];
    const std::uint64_t block = jobs_[oldest.job].spec.block;
    const double item =
        oldest.estimate * static_cast<double>(std::min(block, oldest.count)) / static_cast<double>(oldest.count);
    const double done = std::clamp(now - worker.since, item, std::max(item, oldest.estimate));
    return worker.load - done >= 2 * workers_.options.shortest + worker.travel;
}

// The worker that is to give back, or `nowhere`.
Place Recalls::donor(Seconds now) const {
    const Place oldest = ages_.front();
    if (oldest == nowhere) return nowhere;
    // In the very words of next_balance(): no rounding between them.
    if (now >= workers_[oldest].since + workers_.patience) return oldest;
    int bucket = Donors::buckets - 1;
    for (int looks = 0; looks < 4; ++looks) {
        const Place place = donors_.highest(bucket);
        if (place == nowhere || worth_asking(workers_[place], now)) return place;
        bucket = workers_[place].bucket - 1;
    }
    return nowhere;
}

void Recalls::balance(Seconds now) {
    // Nobody is asked for the sake of workers for which somebody else was asked already.
    while (!asked_.empty() && now >= workers_[asked_.front()].asked_at + workers_.patience)
        expect_nothing(asked_.front());
    while (jobs_.ready().empty() && pending_ < workers_.idle_count) {
        const Place place = donor(now);
        if (place == nowhere) return;
        ask(place, now);
    }
}

std::optional<Seconds> Recalls::next_balance() const noexcept {
    if (!jobs_.ready().empty() || workers_.idle_count == 0 || ages_.empty()) return std::nullopt;
    Seconds due = workers_[ages_.front()].since;
    if (pending_ >= workers_.idle_count) due = std::max(due, workers_[asked_.front()].asked_at);
    return due + workers_.patience;
}

}  // namespace hecaton::detail::scheduling
