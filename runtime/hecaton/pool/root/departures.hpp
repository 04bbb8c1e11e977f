// Departures: ranks of a pool that have died, from the word of it to the moment when nothing of theirs is under way.
#pragma once

#include <cstdint>
#include <hecaton/foundation/rank_notes.hpp>
#include <hecaton/pool/traffic/worker_lines.hpp>
#include <optional>
#include <vector>

namespace hecaton::detail {

/// Belongs to the thread that drives.
class Departures {
  public:
    struct Departure {
        int worker = -1;  ///< or an idle rank, as WorkerLines numbers them
        LostRank how = {};
    };

    /// `world` has the ranks of the pool as the launcher numbers them, `lines` outlives this.
    Departures(const WorkerLines& lines, std::vector<int> world) : lines_(lines), world_(std::move(world)) {}

    /// Looks whether the launcher has told of any more. To be called now and then, between polls.
    void look(double now);
    /// Something has come from that worker.
    void heard(int worker, double now) noexcept;
    /// Some are not over; look() is to be called every millisecond.
    bool any() const noexcept { return !leaving_.empty(); }
    /// One that is over: all that it had sent has come.
    std::optional<Departure> next(double now);

  private:
    struct Leaving {
        Departure departure;
        double quiet_since = 0;
        int looks = 0;  // since then
    };

    const WorkerLines& lines_;
    const std::vector<int> world_;
    std::vector<Leaving> leaving_;
    std::uint32_t seen_ = 0;
};

}  // namespace hecaton::detail
