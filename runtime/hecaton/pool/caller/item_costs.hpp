// ItemCosts: what the items of a callable have cost in its earlier calls.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <hecaton/tasks/task_table.hpp>

namespace hecaton::detail {

/// Which callable: its task, and the place in its module of the function that it calls by a pointer (0: none). What it
/// captures does not count, so that calls in a loop know of each other.
struct CostKey {
    TaskId task = 0;
    std::uint64_t function = 0;
};

/// Any thread. It forgets a callable when another one comes to its place.
class ItemCosts {
  public:
    /// Seconds an item; below 0: nothing is known. The last calls count most.
    double of(const CostKey& key) const noexcept;
    /// A call has ended: `items` took so many seconds of computing.
    void learn(const CostKey& key, std::uint64_t items, double seconds) noexcept;

  private:
    // Written without a lock: of two threads that write at once one may get the other's cost, which is a guess anyway.
    struct Known {
        std::atomic<std::uint64_t> key{0};  // 0: nothing is known
        std::atomic<double> cost{0};
    };
    std::array<Known, 1024> known_;
};

}  // namespace hecaton::detail
