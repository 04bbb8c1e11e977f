// How much of the ranks' time went into items, and where the rest of it went. Pure.
//
// A phase is one call, or several that overlap in time. From its begin to its end R ranks have the time R * wall. Of
// that,
//   parallel efficiency = computing of all ranks / (R * wall)
//                       = load balance * dispatch * start and tail
//   load balance        = active time of a rank, on average / time from the first item's start to the last one's end
//   dispatch            = computing of a rank, on average / its active time
//   start and tail      = time from the first item's start to the last one's end / wall
// where a rank's active time goes from the start of its own first item to the end of its last one. Several phases are
// added: each of the four times is the sum of theirs.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include <launcher/report/data/recording.hpp>

namespace hecaton::launcher::report {

/// The times that the factors are made of, in nanoseconds.
struct Shares {
    double computing = 0;  ///< of a rank, on average
    double active = 0;     ///< of a rank, on average
    double span = 0;       ///< from the first item's start to the last one's end
    double wall = 0;

    double balance() const { return span > 0 ? active / span : 1; }
    double dispatch() const { return active > 0 ? computing / active : 1; }
    double start_and_tail() const { return wall > 0 ? span / wall : 1; }
    double parallel() const { return wall > 0 ? computing / wall : 1; }
    Shares& operator+=(const Shares& other);
};

/// Calls that overlap in time, and what ranks did meanwhile.
struct Phase {
    std::vector<std::uint32_t> calls = {};
    Nanoseconds begin = 0;
    Nanoseconds end = 0;
    Nanoseconds first_start = 0;  ///< of an item
    Nanoseconds last_end = 0;
    Shares shares = {};

    /// Time of ranks that was not computing.
    double idle(int workers) const { return (shares.wall - shares.computing) * workers; }
};

/// The ranks that items could run on: all of them, but for the root where it runs nothing in the whole recording.
int workers_of(const Recording& recording);

/// True for a call whose items all ran on the thread that called, since they were not worth sharing; it is in no phase.
bool ran_by_caller(const Call& call);

/// By their begin. A phase without pieces is left out.
std::vector<Phase> phases_of(const Recording& recording);

/// Of all phases together; nothing where there are none.
std::optional<Shares> sum_of(const std::vector<Phase>& phases);

}  // namespace hecaton::launcher::report
