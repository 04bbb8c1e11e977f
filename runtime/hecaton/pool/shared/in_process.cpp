#include <hecaton/foundation/error.hpp>
#include <hecaton/pool/shared/in_process.hpp>
#include <hecaton/pool/shared/store.hpp>
#include <hecaton/survival/sandbox_shared.hpp>
#include <new>

namespace hecaton::detail {

SharedBlock shared_block_of_rank(std::uint64_t id) {
    const auto address = ask_rank_for_shared(id);
    if (!address)
        throw UsageError(
            "a Shared value was used in a Process, which does not have it: give the value as an argument, or with "
            "hecaton::bind_front");
    auto file = MemoryFile::open(*address);
    if (file == nullptr) throw std::bad_alloc();  // no descriptor is left for it
    when_shared_is_dropped([](std::uint64_t dropped) { shared_store().drop(dropped); });
    return SharedBlock(std::move(file));
}

}  // namespace hecaton::detail
