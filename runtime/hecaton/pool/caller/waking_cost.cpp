#include <algorithm>
#include <cmath>
#include <hecaton/pool/caller/waking_cost.hpp>

namespace hecaton::detail {
namespace {

constexpr double weight = 0.3;     // of the last call: one that met with bad luck says little
constexpr double half_life = 0.5;  // seconds
constexpr double usual = ShareOrNot::waking;

}  // namespace

double WakingCost::seconds(double now) const noexcept {
    const double age = std::max(now - at_.load(std::memory_order_relaxed), 0.0);
    return usual + more_.load(std::memory_order_relaxed) * std::exp2(-age / half_life);
}

void WakingCost::learn(double lost, double now) noexcept {
    const double more = std::clamp(lost, usual, most) - usual;
    const double before = seconds(now) - usual;
    more_.store(before + weight * (more - before), std::memory_order_relaxed);
    at_.store(now, std::memory_order_relaxed);
}

}  // namespace hecaton::detail
