// What the report shows of a recording, in figures. Pure.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <vector>

#include <launcher/report/figures/factors.hpp>
#include <launcher/report/figures/tail.hpp>

namespace hecaton::launcher::report {

struct CallFigures {
    std::uint64_t items = 0;  ///< that were run
    std::uint64_t failed = 0;
    std::uint64_t lost = 0;     ///< how often one was lost with its worker
    Nanoseconds computing = 0;  ///< all items added up, as seen by a clock on the wall
    Nanoseconds wall = 0;
    std::optional<Shares> shares = {};  ///< nothing where it overlaps with another call, or the caller ran it
};

struct RankFigures {
    std::uint64_t items = 0;
    std::uint64_t failed = 0;
    std::uint64_t lost = 0;
    Nanoseconds busy = 0;  ///< with items whose results count
};

/// How many items took how long. Bin b has those of at least 10^(b/8) and less than 10^((b+1)/8) ns.
struct Histogram {
    static constexpr std::size_t bins_of_decade = 8;
    static constexpr std::size_t bins = 16 * bins_of_decade;
    std::map<std::uint32_t, std::array<std::uint64_t, bins>> of_call = {};

    static std::size_t bin(double nanoseconds);
};

struct Model {
    int workers = 1;
    std::vector<CallFigures> calls = {};
    std::vector<RankFigures> ranks = {};
    std::vector<double> busy = {};  ///< ranks that compute, the mean of each of equal parts of the time
    Histogram times = {};
    std::vector<Piece> slowest = {};  ///< ten at most, the slowest first; of a piece of several items the mean counts
    std::vector<Phase> phases = {};
    std::optional<Shares> shares = {};      ///< nothing without phases
    std::optional<std::size_t> worst = {};  ///< the phase in which ranks were idle for the longest time
    std::optional<Tail> tail = {};          ///< of that phase
};

/// `parts` is the number of parts of the time for `busy`.
Model model_of(const Recording& recording, std::size_t parts = 1'000);

}  // namespace hecaton::launcher::report
