#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <hecaton/foundation/memory_file.hpp>
#include <hecaton/foundation/rank_notes.hpp>
#include <memory>
#include <new>

namespace hecaton::detail {
namespace {

RankNotes* notes = nullptr;

}  // namespace

// What the shim has written stays as it is: memory of a new file is a valid object.
void find_rank_notes() {
    const char* const text = std::getenv(RankNotes::variable);
    if (text == nullptr) return;
    const MemoryFile::Address address = MemoryFile::Address::from(text);
    ::unsetenv(RankNotes::variable);  // programs that this one starts are no ranks
    if (address.size < sizeof(RankNotes)) return;
    const auto file = MemoryFile::open_writable(address);
    if (file == nullptr) return;
    // Never unmapped: the rank writes until it ends.
    static const auto& memory = *new std::shared_ptr<std::byte>(file->map_writable());
    if (memory == nullptr) return;
    notes = std::launder(reinterpret_cast<RankNotes*>(memory.get()));
    notes->stage.store(RankStage::other);  // of a program that was this rank before
    for (NotedCall& call : notes->calls) call.taken.store(0);
    notes->layout.store(RankNotes::known_layout);
}

RankNotes* rank_notes() noexcept { return notes; }

void note_progress(std::string_view call, std::uint64_t items, std::uint64_t done, std::uint64_t failed) noexcept {
    if (notes == nullptr) return;
    NotedProgress& to = notes->progress;
    to.changes.fetch_add(1);
    to.length = static_cast<std::uint32_t>(std::min(call.size(), sizeof to.name));
    std::memcpy(to.name, call.data(), to.length);
    to.items.store(items);
    to.done.store(done);
    to.failed.store(failed);
    to.changes.fetch_add(1);
}

namespace {

std::atomic<std::uint64_t> calls_noted{0};

}  // namespace

// The places are taken in turn: the end of a call is to be seen for as long as possible.
CallNote::CallNote(std::string_view call, bool wanted) noexcept {
    if (notes == nullptr) return;
    const std::uint64_t number = calls_noted.fetch_add(1) + 1;
    for (std::size_t i = 0; i < RankNotes::most_calls; ++i) {
        NotedCall& place = notes->calls[(number + i) % RankNotes::most_calls];
        std::uint32_t free = 0;
        if (!place.taken.compare_exchange_strong(free, 1)) continue;
        to_ = &place;
        place.changes.fetch_add(1);
        place.length = static_cast<std::uint32_t>(std::min(call.size(), sizeof place.name));
        std::memcpy(place.name, call.data(), place.length);
        place.wanted.store(wanted ? 1 : 0);
        place.number.store(number);
        for (auto* const figure : {&place.items, &place.done, &place.failed, &place.restored, &place.milliseconds})
            figure->store(0);
        place.changes.fetch_add(1);
        return;
    }
}

CallNote::~CallNote() {
    if (to_ != nullptr) to_->taken.store(0);
}

void CallNote::note(const Figures& figures) noexcept {
    if (to_ == nullptr) return;
    to_->changes.fetch_add(1);
    to_->items.store(figures.items);
    to_->done.store(figures.done);
    to_->failed.store(figures.failed);
    to_->restored.store(figures.restored);
    to_->milliseconds.store(static_cast<std::uint64_t>(figures.seconds * 1'000));
    to_->changes.fetch_add(1);
}

RankNotes::Shown shown_by_launcher() noexcept {
    return notes != nullptr ? notes->shown.load(std::memory_order_relaxed) : RankNotes::Shown::nothing;
}

void note_stage(RankStage stage) noexcept {
    if (notes != nullptr) notes->stage.store(stage);
}

}  // namespace hecaton::detail
