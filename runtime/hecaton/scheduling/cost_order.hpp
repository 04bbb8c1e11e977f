// In what order the items of a call go out when it is known how long each takes in relation to the others: the longest
// first, so that the last ones to go out are short.
//
// Pure functions: no clock, no I/O. Items stay together with their neighbours: [0, n) is cut into pieces, each one long
// item or a run of short ones, and the pieces are ordered. Given to whoever is idle in this order (longest processing
// time first), they end at about the same time: R. L. Graham, Bounds on multiprocessing timing anomalies, SIAM J. Appl.
// Math. 17 (1969).
#pragma once

#include <cstdint>
#include <hecaton/foundation/index_range.hpp>
#include <span>
#include <vector>

namespace hecaton::detail::scheduling {

using ItemRange = IndexRange;

struct CostOrderLimits {
    std::uint64_t workers = 1;     ///< the more there are, the shorter are the pieces
    std::uint64_t block = 1;       ///< pieces begin at multiples of this and, the last apart, hold multiples of it
    std::uint64_t chunk_size = 0;  ///< items a piece at most, rounded up to blocks; 0: as many as are quick enough
    /// Items that need not be run, by rising index; each range begins at a multiple of `block`, and ends at one or with
    /// the last item.
    std::span<const ItemRange> done = {};
};

class CostOrder {
  public:
    /// `costs`: of each item, finite and not negative, in any unit. They are believed to be right in relation to each
    /// other. Where all are 0 they count as equal.
    CostOrder(std::span<const double> costs, const CostOrderLimits& limits);

    std::uint64_t items() const noexcept { return sums_.size() - 1; }
    /// All items but those that are done, in the order in which they are to go out. A piece of several blocks costs no
    /// more than 1/64 of what each worker has to do, and holds no more than 1/16 of the items that each worker has.
    const std::vector<ItemRange>& pieces() const noexcept { return pieces_; }
    /// What those items cost, where an item costs 1 on average.
    double cost(std::uint64_t first, std::uint64_t count) const noexcept { return sums_[first + count] - sums_[first]; }

  private:
    void add_up(std::span<const double> costs);
    void cut(const CostOrderLimits& limits);
    void sort();

    std::vector<double> sums_;  // sums_[i]: of the items before i
    std::vector<ItemRange> pieces_;
};

}  // namespace hecaton::detail::scheduling
