// The options of a pool and of the calls made through it.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace hecaton {

/// Evaluated on every rank of the communicator, which must agree.
struct PoolOptions {
    /// How many ranks the pool uses: 0 means all. A self-launch starts as many.
    int processes = 0;
    /// Runs once on each worker before its first task, and in each sandbox before its first item. When it throws, the
    /// pool fails with that error. (For sandboxes: give it to hecaton::run, or make it a plain function.)
    std::function<void()> initializer = {};
    /// Whether the root computes too. False keeps its cores for the program's own code; a pool of one rank ignores it.
    bool root_works = true;
    /// What this_task::random() is derived from.
    std::uint64_t seed = 0;
    /// The rank that drives the pool.
    int root = 0;
};

/// Given to Pool::with. A value above PTRDIFF_MAX is a UsageError.
struct MapOptions {
    /// Items in a chunk, which is the unit of scheduling; 0: measured and chosen by the pool.
    std::size_t chunk_size = 0;
    /// The longest that one item may take; 0: no limit. One that takes longer is killed, with all that it has started,
    /// and fails with TaskTimeout. Implies `isolate`.
    std::chrono::duration<double> timeout = std::chrono::duration<double>::zero();
    /// Runs of an isolated item whose sandbox died, before it is given up with WorkerLost. A call that throws is not
    /// run again, and when a rank dies the job ends.
    int attempts = 3;
    /// Run the items in a sandbox, a process next to each worker: an item that crashes costs itself only.
    bool isolate = false;
    /// Show the progress on the root's standard error, from the first second on.
    bool progress = false;
    /// How many items imap reads ahead; 0: chosen by the pool.
    std::size_t buffer_size = 0;
    /// What the call is named in reports and messages.
    std::string name = {};
    /// How long item i takes in relation to the others, in any unit; the longest go first. Asked once for each item of
    /// a call with several, on the thread that calls, before any is run; what it throws leaves the call. A negative
    /// cost and one that is not finite are a UsageError, and so is the option where the input is read lazily (imap).
    std::function<double(std::size_t)> cost = {};
    /// Other numbers from this_task::random() than those of the same items in another call.
    std::uint64_t seed = 0;
};

namespace detail {
/// Throws UsageError for options that cannot be.
void check_options(const MapOptions& options);

/// How a call's items run in sandboxes.
struct ItemIsolation {
    std::uint32_t attempts = 1;                       ///< runs of an item whose sandbox dies
    std::optional<std::chrono::nanoseconds> timeout;  ///< the longest that an item may take; empty: no limit
};
/// Empty: the items run in the workers' own processes. A timeout of more than 1e9 s is no limit.
std::optional<ItemIsolation> isolation_of(const MapOptions& options) noexcept;
}  // namespace detail

}  // namespace hecaton
