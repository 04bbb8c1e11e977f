// Who gives back: when nothing is left to send and a worker is idle, another is asked for what it has not started, if
// that is estimated to be worth the messages, or if there has been no news of it for so long that the estimate must be
// wrong.
#include <algorithm>
#include <bit>
#include <hecaton/scheduling/dispatcher_state.hpp>

namespace hecaton::detail::scheduling {

int Givers::shelf_for(double seconds) noexcept {
    // A double's bits sort like its value: the exponent and two bits of the mantissa make four shelves for each power
    // of two.
    constexpr auto smallest = static_cast<int>(std::bit_cast<std::uint64_t>(0x1p-30) >> 50);
    if (!(seconds >= 0x1p-30)) return -1;
    return std::min(static_cast<int>(std::bit_cast<std::uint64_t>(seconds) >> 50) - smallest, shelves - 1);
}

void Givers::move(std::vector<Worker>& workers, Place place, int shelf) noexcept {
    Worker& worker = workers[place];
    if (worker.shelf == shelf) return;
    if (worker.shelf >= 0) {
        const auto old = static_cast<std::size_t>(worker.shelf);
        lists_[old].remove(workers, place);
        if (lists_[old].empty()) filled_[old / 64] &= ~(std::uint64_t{1} << (old % 64));
    }
    worker.shelf = shelf;
    if (shelf >= 0) {
        const auto now = static_cast<std::size_t>(shelf);
        lists_[now].push_back(workers, place);
        filled_[now / 64] |= std::uint64_t{1} << (now % 64);
    }
}

Place Givers::highest(int shelf) const noexcept {
    if (shelf < 0) return nowhere;
    const auto top = static_cast<std::size_t>(shelf);
    for (std::size_t word = top / 64 + 1; word-- > 0;) {
        std::uint64_t bits = filled_[word];
        if (word == top / 64) bits &= UINT64_MAX >> (63 - top % 64);
        if (bits != 0) return lists_[word * 64 + 63 - static_cast<std::size_t>(std::countl_zero(bits))].front();
    }
    return nowhere;
}

// Puts the worker where balance() looks for those that could give something back.
void Dispatcher::State::note_load(Place place) {
    Worker& worker = workers[place];
    bool could = worker.alive && !worker.recalled && worker.unasked != 0;
    int shelf = -1;
    if (could) {
        const HeldChunk& oldest = chunks[worker.held.front()];
        const std::uint64_t block = jobs[oldest.job].spec.block;
        could = worker.unasked > 1 || oldest.asked || oldest.count > block;
        const double stays = oldest.count > block
                                 ? oldest.estimate * static_cast<double>(block) / static_cast<double>(oldest.count)
                                 : oldest.estimate;
        const double gives = could ? worker.load - stays : 0;
        if (gives >= 2 * options.shortest) shelf = Givers::shelf_for(gives);
    }
    givers.move(workers, place, shelf);
    if (could == worker.aged && (!could || worker.aged_at == worker.since)) return;
    if (worker.aged) ages.remove(workers, place);
    if (could) ages.push_back(workers, place);
    worker.aged = could;
    worker.aged_at = worker.since;
}

void Dispatcher::State::recall(Place place, Seconds now) {
    Worker& worker = workers[place];
    worker.recalled = true;
    leave_turn(place);
    for (Place at = worker.held.front(); at != nowhere; at = chunks[at].at_worker.after) {
        chunks[at].asked = true;
        chunks[at].estimate = 0;
    }
    worker.unasked = 0;
    worker.load = 0;
    note_load(place);
    worker.asked_at = now;
    worker.expected = true;
    asked.push_back(workers, place);
    ++recalls;
    actions.push_back({Action::Kind::recall, static_cast<int>(place), {}});
}

// An answer is no longer expected soon: it came, or the worker is gone, or it hears nothing while it runs a long item.
void Dispatcher::State::expect_nothing(Place place) {
    if (!workers[place].expected) return;
    workers[place].expected = false;
    asked.remove(workers, place);
    --recalls;
}

bool Dispatcher::State::worth_asking(const Worker& worker, Seconds now) const {
    const HeldChunk& oldest = chunks[worker.held.front()];
    const std::uint64_t block = jobs[oldest.job].spec.block;
    const double item =
        oldest.estimate * static_cast<double>(std::min(block, oldest.count)) / static_cast<double>(oldest.count);
    const double done = std::clamp(now - worker.since, item, std::max(item, oldest.estimate));
    return worker.load - done >= 2 * options.shortest;
}

void Dispatcher::State::balance(Seconds now) {
    // Nobody is asked for the sake of workers for which somebody else was asked already.
    while (!asked.empty() && now >= workers[asked.front()].asked_at + patience) expect_nothing(asked.front());
    while (ready.empty() && recalls < idle_count) {
        Place victim = ages.front();
        if (victim == nowhere) return;
        if (now < workers[victim].since + patience) {  // in the very words of next_tick(): no rounding between them
            int shelf = Givers::shelves - 1;
            victim = nowhere;
            for (int looks = 0; looks < 4; ++looks) {
                const Place place = givers.highest(shelf);
                if (place == nowhere) return;
                if (worth_asking(workers[place], now)) {
                    victim = place;
                    break;
                }
                shelf = workers[place].shelf - 1;
            }
            if (victim == nowhere) return;
        }
        recall(victim, now);
    }
}

}  // namespace hecaton::detail::scheduling
