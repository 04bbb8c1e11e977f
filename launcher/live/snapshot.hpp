// A run at a moment, as `hecaton top` shows it: one line of JSON between the launcher and whoever asks it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <launcher/link/messages.hpp>
#include <launcher/live/items.hpp>

namespace hecaton::launcher {

struct Snapshot {
    int pid = 0;  ///< of the launcher
    std::string host = {};
    std::vector<std::string> command = {};
    std::uint64_t started = 0;           ///< seconds since 1970
    std::uint64_t taken = 0;             ///< the same, of this
    int ranks = 0;                       ///< of the run
    int alive = 0;                       ///< that still run
    int busy = 0;                        ///< that are in an item
    std::vector<RankItem> items = {};    ///< as busy_ranks() has them, at most most_items
    std::vector<link::Call> calls = {};  ///< that go on

    static constexpr std::size_t most_items = 200;
};

std::string encode(const Snapshot& snapshot);
/// Nothing for what is no snapshot.
std::optional<Snapshot> decode_snapshot(const std::string& text);

}  // namespace hecaton::launcher
