#include <algorithm>
#include <hecaton/pool/caller/item_costs.hpp>

namespace hecaton::detail {
namespace {

constexpr double least = 1e-12;  // seconds: a cost that is known is above 0

// Never 0.
std::uint64_t mixed(const CostKey& key) noexcept {
    std::uint64_t x = (key.function + 1) * 0x9E3779B97F4A7C15U + key.task;
    x = (x ^ (x >> 32U)) * 0xD6E8FEB86659FD93U;
    return (x ^ (x >> 32U)) | 1U;
}

std::size_t place(std::uint64_t mixed, std::size_t places) noexcept { return (mixed >> 1U) % places; }

}  // namespace

double ItemCosts::of(const CostKey& key) const noexcept {
    const std::uint64_t wanted = mixed(key);
    const Known& known = known_[place(wanted, known_.size())];
    return known.key.load(std::memory_order_relaxed) == wanted ? known.cost.load(std::memory_order_relaxed) : -1;
}

void ItemCosts::learn(const CostKey& key, std::uint64_t items, double seconds) noexcept {
    if (items == 0) return;
    const double now = std::max(seconds / static_cast<double>(items), least);
    const double before = of(key);
    const std::uint64_t its = mixed(key);
    Known& known = known_[place(its, known_.size())];
    known.cost.store(before > 0 ? (before + now) / 2 : now, std::memory_order_relaxed);
    known.key.store(its, std::memory_order_relaxed);
}

}  // namespace hecaton::detail
