// Recording: what ran where and when, as the file that a program has written says it. docs/report.md has its format.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace hecaton::launcher::report {

/// Since the beginning of the recording.
using Nanoseconds = std::int64_t;

inline double seconds(Nanoseconds time) { return static_cast<double>(time) / 1e9; }

/// Items of one call that one rank ran one after the other. Short items share a piece.
struct Piece {
    std::uint32_t call = 0;  ///< the place in Recording::calls
    std::uint32_t rank = 0;
    std::uint64_t first = 0;  ///< index of the first item
    std::uint64_t count = 1;
    Nanoseconds start = 0;
    Nanoseconds duration = 0;
    std::uint32_t failed = 0;   ///< items of it that ended with an error
    std::uint16_t attempt = 1;  ///< how often the item was begun, this time included
    bool lost = false;          ///< the worker died meanwhile

    Nanoseconds end() const { return start + duration; }
};

/// A call of a pool.
struct Call {
    std::uint64_t number = 0;
    std::string kind = {};
    std::string name = {};
    std::uint64_t items = 0;
    Nanoseconds begin = 0;
    Nanoseconds end = 0;
    bool ended = false;  ///< the next ones are known only then
    std::uint64_t failed = 0;
    std::uint64_t chunks = 0;
    std::uint64_t bytes_sent = 0;
    std::uint64_t bytes_received = 0;
    std::uint64_t restored = 0;
    std::uint64_t by_caller = 0;
    bool cut = false;
    std::string verdict = {};

    /// The name, or kind and number: "map#1".
    std::string title() const { return name.empty() ? kind + "#" + std::to_string(number) : name; }
};

struct Rank {
    std::string host = {};
    int node = 0;
    int cores = 0;                            ///< 0: not known
    Nanoseconds offset = 0;                   ///< of its clock; its times have been corrected by that
    Nanoseconds round_trip = 0;               ///< of the messages that measured it; 0: the clock is the root's
    double cpu = -1;                          ///< seconds; below 0: not known
    std::uint64_t peak_bytes = 0;             ///< 0: not known
    std::optional<Nanoseconds> lost_at = {};  ///< it died, and the job went on
    std::string lost_why = {};
};

struct Error {
    std::uint32_t call = 0;  ///< the place in Recording::calls
    std::uint64_t index = 0;
    std::uint32_t rank = 0;
    std::string type = {};
    std::string text = {};
};

/// An item that ended with an error.
struct FailedItem {
    std::uint32_t call = 0;
    std::uint64_t index = 0;
    auto operator<=>(const FailedItem&) const = default;
};

/// A collective operation, or a region that the program has named.
struct Stretch {
    std::uint32_t rank = 0;
    std::uint32_t name = 0;  ///< the place in Recording::names
    bool region = false;
    Nanoseconds start = 0;
    Nanoseconds duration = 0;
    std::uint64_t bytes = 0;

    Nanoseconds end() const { return start + duration; }
};

struct Loss {
    int rank = -1;
    std::string host = {};
    std::string why = {};
};

/// What `hecaton run` knows.
struct LauncherPart {
    std::vector<std::string> command = {};
    std::string mpi = {};
    std::vector<std::string> hosts = {};
    int cores = 0;     ///< of the machine that it ran on; 0: not known
    double start = 0;  ///< seconds since 1970, as the end
    double end = 0;
    int status = 0;
    std::vector<std::string> cards = {};  ///< what was said at the end
    std::vector<Loss> losses = {};
};

struct Recording {
    std::string program = {};
    std::vector<std::string> arguments = {};
    std::string version = {};
    double unix_time = 0;  ///< of time 0; 0: not known
    std::vector<Rank> ranks = {};
    std::vector<Call> calls = {};
    std::vector<Piece> pieces = {};       ///< by rank, and of a rank by start
    std::vector<Error> errors = {};       ///< the first ones
    std::vector<FailedItem> failed = {};  ///< all of them, sorted
    std::vector<std::string> names = {};  ///< of collectives and regions
    std::vector<Stretch> stretches = {};  ///< by rank, and of a rank by start, the longer one first
    std::uint64_t dropped = 0;            ///< events that were too many for the memory
    std::uint64_t unreadable = 0;         ///< lines that no one understands
    std::optional<Nanoseconds> end = {};  ///< when the program said its end; nothing: it died
    std::optional<int> status = {};       ///< as the program itself said it
    std::optional<LauncherPart> launcher = {};
    bool call_times = true;  ///< false for a CSV, where a call lasts from its first item to its last one
    Nanoseconds length = 0;  ///< until the last event
};

}  // namespace hecaton::launcher::report
