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

void note_stage(RankStage stage) noexcept {
    if (notes != nullptr) notes->stage.store(stage);
}

}  // namespace hecaton::detail
