#include <fmt/format.h>

#include <functional>
#include <hecaton/foundation/error.hpp>
#include <hecaton/pool/calls/into.hpp>

namespace hecaton::detail {

void refuse_small_memory(std::uint64_t items, std::uint64_t room) {
    throw UsageError(
        fmt::format("map_into was given memory for {} result{}, but {} items: give it a range of at least {}", room,
                    room == 1 ? "" : "s", items, items));
}

bool lie_apart(std::span<const std::byte> items, std::span<const std::byte> results) {
    if (items.empty() || results.empty()) return true;
    const std::less<const std::byte*> before;
    if (!before(items.data(), results.data() + results.size()) || !before(results.data(), items.data() + items.size()))
        return true;
    if (items.data() != results.data() || items.size() != results.size())
        throw UsageError(
            "map_into was given memory for the results that overlaps with the items, so that a result would overwrite "
            "an item that is still to be run: use other memory, or exactly that of the items");
    return false;
}

}  // namespace hecaton::detail
