#include <algorithm>
#include <array>
#include <bit>
#include <hecaton/scheduling/cost_order.hpp>
#include <numeric>

namespace hecaton::detail::scheduling {
namespace {

constexpr double pieces_by_cost = 64;          // for each worker, at least
constexpr std::uint64_t pieces_by_count = 16;  // the same, for costs that are too low where many items lie together
constexpr double rounding = 1 + 1e-9;          // sums of costs are not exact

}  // namespace

CostOrder::CostOrder(std::span<const double> costs, const CostOrderLimits& limits) {
    add_up(costs);
    cut(limits);
    sort();
}

// The largest cost counts as 1 first: no sum of finite costs overflows then.
void CostOrder::add_up(std::span<const double> costs) {
    const double largest = costs.empty() ? 0 : *std::max_element(costs.begin(), costs.end());
    const auto items = static_cast<double>(costs.size());
    double total = 0;
    for (const double cost : costs) total += largest > 0 ? cost / largest : 1;
    sums_.reserve(costs.size() + 1);
    sums_.push_back(0);
    for (const double cost : costs) sums_.push_back(sums_.back() + (largest > 0 ? cost / largest : 1) / total * items);
}

void CostOrder::cut(const CostOrderLimits& limits) {
    const std::uint64_t block = std::max<std::uint64_t>(limits.block, 1);
    const std::uint64_t workers = std::max<std::uint64_t>(limits.workers, 1);
    const std::uint64_t blocks = limits.chunk_size != 0 ? (std::min(limits.chunk_size, items()) + block - 1) / block
                                                        : items() / workers / pieces_by_count / block;
    const std::uint64_t most_items = std::max<std::uint64_t>(blocks, 1) * block;
    if (most_items == 1) pieces_.reserve(items());
    const double most_cost = static_cast<double>(items()) / static_cast<double>(workers) / pieces_by_cost * rounding;
    ItemRange piece;
    const auto end_piece = [&](std::uint64_t next) {
        if (piece.count != 0) pieces_.push_back(piece);
        piece = {next, 0};
    };
    auto done = limits.done.begin();
    while (piece.first + piece.count < items()) {
        if (done != limits.done.end() && done->first == piece.first + piece.count) {
            end_piece(done->first + done->count);
            ++done;
            continue;
        }
        const std::uint64_t more = std::min(block, items() - piece.first - piece.count);
        const std::uint64_t both = piece.count + more;
        if (piece.count != 0 && (both > most_items || cost(piece.first, both) > most_cost))
            end_piece(piece.first + piece.count);
        piece.count += more;
    }
    end_piece(items());
}

// By falling cost, equal ones by index. A radix sort: for a million pieces it takes a fraction of std::sort's time.
void CostOrder::sort() {
    // A float's bits sort like its value, which is not negative here; their complement sorts the other way round.
    struct Entry {
        std::uint32_t key;
        std::uint64_t at;  // in pieces_
    };
    std::vector<Entry> from(pieces_.size());
    for (std::size_t i = 0; i < from.size(); ++i) {
        const auto piece_cost = static_cast<float>(cost(pieces_[i].first, pieces_[i].count));
        from[i] = {~std::bit_cast<std::uint32_t>(piece_cost), i};
    }
    std::vector<Entry> to(from.size());
    constexpr int bits = 11;
    for (int shift = 0; shift < 32; shift += bits) {
        std::array<std::size_t, std::size_t{1} << bits> begins{};
        const auto digit = [shift](const Entry& entry) { return (entry.key >> shift) % (1U << bits); };
        for (const Entry& entry : from) ++begins[digit(entry)];
        std::exclusive_scan(begins.begin(), begins.end(), begins.begin(), std::size_t{0});
        for (const Entry& entry : from) to[begins[digit(entry)]++] = entry;
        from.swap(to);
    }
    std::vector<ItemRange> ordered(from.size());
    std::transform(from.begin(), from.end(), ordered.begin(), [this](const Entry& entry) { return pieces_[entry.at]; });
    pieces_.swap(ordered);
}

}  // namespace hecaton::detail::scheduling
