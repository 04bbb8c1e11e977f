#include <hecaton/pool/caller/share_or_not.hpp>

namespace hecaton::detail {

bool ShareOrNot::pays(std::uint64_t items, double seconds) const noexcept {
    if (items < 2) return false;
    const double others = 1 - 1.0 / workers;  // their share of the work
    const double bytes = 2 * static_cast<double>(item_bytes) * static_cast<double>(items);
    return seconds * others > seconds_to_wake + bytes * others * per_byte;
}

}  // namespace hecaton::detail
