#include <launcher/watch/notes.hpp>

#include <algorithm>
#include <cstdlib>
#include <new>

namespace hecaton::launcher {

using detail::LostRank;
using detail::RankNotes;
using detail::RankStage;

Notes::Notes(bool show_calls) {
    ::unsetenv(RankNotes::variable);  // of a shim around us
    file_ = detail::MemoryFile::create(sizeof(RankNotes));
    if (file_ == nullptr) return;
    memory_ = file_->map_writable();
    if (memory_ == nullptr) return;
    auto* const notes = std::launder(reinterpret_cast<RankNotes*>(memory_.get()));
    notes->shown.store(show_calls ? RankNotes::Shown::all : RankNotes::Shown::wanted);
    ::setenv(RankNotes::variable, file_->address().text().c_str(), 1);
}

RankNotes* Notes::notes() const {
    if (memory_ == nullptr) return nullptr;
    auto* const notes = std::launder(reinterpret_cast<RankNotes*>(memory_.get()));
    return notes->layout.load() == RankNotes::known_layout ? notes : nullptr;
}

RankStage Notes::stage() const { return notes() != nullptr ? notes()->stage.load() : RankStage::other; }

int Notes::leaving_status() const { return notes() != nullptr ? notes()->leaving_status.load() : 0; }

// Where it is being written at this moment, the next look sees it.
link::Progress Notes::progress() const {
    const RankNotes* const from = notes();
    if (from == nullptr || from->progress.changes.load() % 2 != 0) return {};
    const auto& noted = from->progress;
    return {.call = {noted.name, std::min<std::size_t>(noted.length, sizeof noted.name)},
            .items = noted.items.load(),
            .done = noted.done.load(),
            .failed = noted.failed.load()};
}

// The next look sees those that are being written at this moment.
std::vector<link::Call> Notes::calls() const {
    std::vector<link::Call> found;
    const RankNotes* const from = notes();
    if (from == nullptr) return found;
    for (const auto& one : from->calls) {
        const auto before = one.changes.load();
        if (before % 2 != 0 || one.number.load() == 0) continue;
        const bool taken = one.taken.load() != 0;
        link::Call call{.number = one.number.load(),
                        .name = {one.name, std::min<std::size_t>(one.length, sizeof one.name)},
                        .items = one.items.load(),
                        .done = one.done.load(),
                        .failed = one.failed.load(),
                        .restored = one.restored.load(),
                        .milliseconds = one.milliseconds.load(),
                        .wanted = one.wanted.load() != 0,
                        .ended = !taken};
        if (one.changes.load() == before) found.push_back(std::move(call));
    }
    return found;
}

void Notes::add(const link::Loss& loss) {
    RankNotes* const to = notes();
    if (to == nullptr) return;
    const auto place = to->lost_ranks.load();
    if (place >= RankNotes::most_lost) return;
    const link::Ended& how = loss.how;
    LostRank& lost = to->lost[place];
    lost.rank = loss.rank;
    lost.status = how.signal > 0 ? how.signal : how.status << 8;
    lost.out_of_memory = how.out_of_memory ? 1 : 0;
    lost.hung = how.hung ? 1 : 0;
    lost.doing = how.item.running ? LostRank::Doing::item
                 : how.item.known ? LostRank::Doing::no_item
                                  : LostRank::Doing::unknown;
    lost.index = how.item.index;
    lost.full_stack = how.full_stack ? 1 : 0;
    to->lost_ranks.store(place + 1, std::memory_order_release);
}

}  // namespace hecaton::launcher
