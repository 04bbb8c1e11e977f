#include <launcher/watch/notes.hpp>

#include <algorithm>
#include <cstdlib>
#include <new>

namespace hecaton::launcher {

using detail::LostRank;
using detail::RankNotes;
using detail::RankStage;

Notes::Notes() {
    ::unsetenv(RankNotes::variable);  // of a shim around us
    file_ = detail::MemoryFile::create(sizeof(RankNotes));
    if (file_ == nullptr) return;
    memory_ = file_->map_writable();
    if (memory_ == nullptr) return;
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
