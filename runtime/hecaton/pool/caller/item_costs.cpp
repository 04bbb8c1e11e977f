#include <algorithm>
#include <hecaton/pool/caller/item_costs.hpp>

namespace hecaton::detail {
namespace {

constexpr double least = 1e-12;  // seconds: a cost that is known is above 0

}  // namespace

ItemCosts::ItemCosts() : costs_(table_fingerprint().tasks) {}

double ItemCosts::of(TaskId task) const noexcept {
    const double cost = task < costs_.size() ? costs_[task].load(std::memory_order_relaxed) : 0;
    return cost > 0 ? cost : -1;
}

void ItemCosts::learn(TaskId task, std::uint64_t items, double seconds) noexcept {
    if (task >= costs_.size() || items == 0) return;
    const double now = std::max(seconds / static_cast<double>(items), least);
    const double before = costs_[task].load(std::memory_order_relaxed);
    costs_[task].store(before > 0 ? (before + now) / 2 : now, std::memory_order_relaxed);
}

}  // namespace hecaton::detail
