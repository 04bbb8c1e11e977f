// ItemCosts: what the items of a callable have cost in its earlier calls.
#pragma once

#include <atomic>
#include <cstdint>
#include <hecaton/tasks/task_table.hpp>
#include <vector>

namespace hecaton::detail {

/// Any thread.
class ItemCosts {
  public:
    ItemCosts();
    /// Seconds an item of that task; below 0: nothing is known. The last calls count most.
    double of(TaskId task) const noexcept;
    /// A call has ended: `items` took so many seconds of computing.
    void learn(TaskId task, std::uint64_t items, double seconds) noexcept;

  private:
    std::vector<std::atomic<double>> costs_;  // of the tasks that there were when it was made; 0: nothing is known
};

}  // namespace hecaton::detail
