#include <algorithm>
#include <cmath>
#include <hecaton/scheduling/chunk_sizing.hpp>

namespace hecaton::detail::scheduling {
namespace {

constexpr double fading = 0.8;              // what a chunk's weight keeps when the next one is measured
constexpr double thought = 1e-3;            // seconds of work that are counted for what is thought of a job
constexpr double no_weight = 1e-9;          // such an item tells nothing about those of weight 1
constexpr double no_time = 1e-12;           // an item is never taken to cost less: estimates are divided by
constexpr double share_of_rest = 1.0 / 32;  // of the work that is left for each worker, a chunk takes this part

}  // namespace

double SizingOptions::shortest_for(std::uint64_t workers) const noexcept {
    return std::max(shortest, 2 * dispatch * static_cast<double>(workers));
}
double SizingOptions::longest_for(std::uint64_t workers) const noexcept {
    return std::max(longest, shortest_for(workers));
}
double SizingOptions::patience_for(std::uint64_t workers) const noexcept {
    return std::max(patience, shortest_for(workers));
}
double SizingOptions::ahead_for(std::uint64_t workers) const noexcept {
    return std::max(ahead, 2 * dispatch * static_cast<double>(workers));
}

std::uint64_t SizingOptions::queue_for(std::uint64_t workers) const noexcept {
    return std::min(queue, std::max<std::uint64_t>(outstanding / std::max<std::uint64_t>(workers, 1), 2));
}

void CostEstimate::measured(std::uint64_t items, double seconds) noexcept {
    measured_weight(static_cast<double>(items), seconds);
    largest_ = std::max(largest_, items);
    total_ += items;
}

void CostEstimate::expect(std::uint64_t items, double seconds) noexcept {
    const double some =
        std::clamp(thought / std::max(seconds, no_time), 1.0, static_cast<double>(std::max<std::uint64_t>(items, 1)));
    measured(static_cast<std::uint64_t>(some), std::floor(some) * seconds);
}

void CostEstimate::measured_weight(double weight, double seconds) noexcept {
    if (!(weight > no_weight)) return;
    if (!(seconds >= 0)) seconds = 0;
    seconds = std::min(seconds, 1e12);
    const double difference = known() ? seconds / weight - mean_ : 0;
    squares_ = fading * squares_ + weight * difference * difference;
    chunks_ = fading * chunks_ + 1;
    items_ = fading * items_ + weight;
    seconds_ = fading * seconds_ + seconds;
    mean_ = std::max(seconds_ / items_, no_time);
}

double CostEstimate::deviation() const noexcept { return chunks_ > 0 ? std::sqrt(squares_ / chunks_) : 0; }

std::uint64_t automatic_chunk(const SizingOptions& options, const CostEstimate& cost, std::uint64_t remaining,
                              std::uint64_t workers, std::uint64_t block) noexcept {
    if (!cost.known()) return block;
    workers = std::max<std::uint64_t>(workers, 1);
    const double mean = cost.per_item();
    const double rest = mean * static_cast<double>(remaining) / static_cast<double>(workers);
    const double target = std::clamp(rest * share_of_rest, options.shortest_for(workers), options.longest_for(workers));
    const auto items_in = [mean](double seconds) { return static_cast<std::uint64_t>(std::min(seconds / mean, 1e18)); };
    // So many items that two standard deviations more than the mean still hold to the target:
    // n * mean + 2 * deviation * sqrt(n) = target.
    const double deviation = cost.deviation();
    const double root = (std::sqrt(deviation * deviation + mean * target) - deviation) / mean;
    // However much they vary, what takes less time than a worker waits for the next chunk is not worth a chunk.
    const double wait = options.shortest_for(workers) / 2;
    const std::uint64_t wanted = std::max(static_cast<std::uint64_t>(std::min(root * root, 1e18)), items_in(wait));
    const auto saturated = [](std::uint64_t value, std::uint64_t factor) {
        return value > UINT64_MAX / 2 / factor ? UINT64_MAX / 2 : value * factor;
    };
    // The first chunks to come back are the quick ones: little is believed before some items are measured.
    const std::uint64_t believed =
        std::min(saturated(cost.largest(), std::max<std::uint64_t>(options.growth, 1)), saturated(cost.total(), 4));
    // Half of an even share, so that there is something left to even out with; but no halves that take less time than a
    // worker waits for the next ones, and no shares that take much less.
    const std::uint64_t fair = std::max({remaining / workers / 2, std::min(remaining / workers, items_in(wait)),
                                         std::min(remaining, items_in(wait / 4))});
    std::uint64_t items = std::min({wanted, believed, fair});
    items -= items % block;
    return std::max(items, block);
}

}  // namespace hecaton::detail::scheduling
