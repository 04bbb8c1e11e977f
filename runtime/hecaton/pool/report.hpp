// Report: what a call of map and its kin did, and whether going parallel paid.
#pragma once

#include <cstdint>
#include <string>

namespace hecaton {

struct Report {
    std::string name = {};     ///< MapOptions::name
    std::uint64_t items = 0;   ///< items that were run
    std::uint64_t failed = 0;  ///< those of them that ended with an error
    std::uint64_t chunks = 0;  ///< pieces in which they were dispatched
    int workers = 0;           ///< ranks that had at least one chunk
    double wall_seconds = 0;   ///< from the call to the last result
    /// Time that the items took, added up, without what ranks waited for a core: what one rank would have needed that
    /// had a core for itself. Items that sleep or wait for files count with that time. Isolated items count with what
    /// they took in their sandboxes.
    double serial_seconds = 0;
    double longest_seconds = 0;        ///< the same of the busiest worker alone; never more than wall_seconds
    std::uint64_t bytes_sent = 0;      ///< items and the callable, from the root to other ranks
    std::uint64_t bytes_received = 0;  ///< results, from other ranks to the root
    std::uint64_t restored = 0;        ///< items besides, whose results a journal had
    double waited_seconds = 0;         ///< what ranks waited for a core in the middle of items that are not isolated
    /// Those of `items` that the thread that called ran by itself, since it was not worth sharing them. Where it ran
    /// all, `workers` and `chunks` are 1 (chunks of an explicit size are counted).
    std::uint64_t by_caller = 0;

    /// serial_seconds / wall_seconds: above 1 the pool was faster than a plain loop on the root.
    double speedup() const noexcept;
    /// speedup() / workers: 1 is perfect.
    double efficiency() const noexcept;
    /// The busiest worker's computing time over the mean: 1 is perfect.
    double imbalance() const noexcept;
    /// One sentence: "2000 items of 1.0 ms: 2 ranks were 1.95 times faster than one", or "5 items of 12 ns: the root
    /// alone would have been 40 times faster; use a plain loop, or put more work into an item".
    std::string verdict() const;
};

}  // namespace hecaton
