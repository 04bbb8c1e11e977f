// The options of a pool and of the calls made through it.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
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
    /// Whether the root computes too. False keeps its cores for the program's own code; a pool ignores it when no other
    /// rank is there, or left.
    bool root_works = true;
    /// What this_task::random() is derived from.
    std::uint64_t seed = 0;
    /// The rank that drives the pool.
    int root = 0;
};

/// What a call does when an item fails.
enum class OnError : std::uint8_t {
    finish,  ///< it runs the other items all the same
    /// It ends as soon as it knows: nothing more is handed out, chunks that were not started come back, and nobody
    /// waits for items that run (isolated ones are killed, others end in vain). The error that is thrown is that of the
    /// lowest index among those known. map_outcomes and imap have a TaskCancelled for each item without a result; imap
    /// first yields the items before the one that failed.
    stop,
};

/// Given to Pool::with. A value above PTRDIFF_MAX is a UsageError.
struct MapOptions {
    /// Items in a chunk, which is the unit of scheduling; 0: measured and chosen by the pool.
    std::size_t chunk_size = 0;
    /// The longest that one item may take; 0: no limit. One that takes longer is killed, with all that it has started,
    /// and fails with TaskTimeout. Implies `isolate`.
    std::chrono::duration<double> timeout = std::chrono::duration<double>::zero();
    /// Runs of an item whose rank or sandbox died, before it is given up with WorkerLost; the last of them is in a
    /// sandbox. A call that throws is not run again.
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
    /// A file that keeps the results of finished items: a program that is started again computes the others only.
    /// Empty: the one that `hecaton run --journal` has named, if any. See docs/survival.md.
    std::filesystem::path journal = {};
    /// A text for the state of the code that the items run: as long as it stays the same, results that another build of
    /// the program has put into the journal count. Without it another build is a JournalError.
    std::string version = {};
    /// What happens when an item fails.
    OnError on_error = OnError::finish;
    /// The first Ctrl-C (SIGINT) while the call runs ends the call instead of the program: map_outcomes and
    /// imap_outcomes return what is done, with a TaskCancelled for each item that is not, and other calls throw
    /// TaskCancelled. The second Ctrl-C ends the program. See docs/pool.md for what the launcher has to do with it.
    bool keep_on_interrupt = false;
};

namespace detail {
/// Throws UsageError for options that cannot be.
void check_options(const MapOptions& options);

/// `options` with those of `changes` that are not what a MapOptions has by default.
MapOptions changed_options(MapOptions options, MapOptions changes);

/// How a call's items run in sandboxes.
struct ItemIsolation {
    std::uint32_t attempts = 1;                       ///< runs of an item whose sandbox dies
    std::optional<std::chrono::nanoseconds> timeout;  ///< the longest that an item may take; empty: no limit
};
/// Empty: the items run in the workers' own processes. A timeout of more than 1e9 s is no limit.
std::optional<ItemIsolation> isolation_of(const MapOptions& options) noexcept;
}  // namespace detail

}  // namespace hecaton
