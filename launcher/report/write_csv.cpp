#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <numeric>
#include <tuple>

#include <launcher/report/data/read_csv.hpp>
#include <launcher/report/write_csv.hpp>

namespace hecaton::launcher::report {
namespace {

constexpr std::size_t full = 64 * 1024;

// As in RFC 4180.
std::string csv_cell(const std::string& text) {
    if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
    std::string quoted = "\"";
    for (const char letter : text) quoted += letter == '"' ? std::string("\"\"") : std::string(1, letter);
    return quoted + "\"";
}

// Seconds with nine digits: no nanosecond is lost.
std::string csv_seconds(Nanoseconds time) {
    const auto magnitude = static_cast<std::uint64_t>(time < 0 ? -time : time);
    return fmt::format("{}{}.{:09}", time < 0 ? "-" : "", magnitude / 1'000'000'000, magnitude % 1'000'000'000);
}

// The places of the pieces by call and item. Of several that begin with one item the last run comes first, and of those
// one that was lost comes last.
std::vector<std::size_t> by_item(const std::vector<Piece>& pieces) {
    std::vector<std::size_t> order(pieces.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, {}, [&](std::size_t i) {
        const auto& piece = pieces[i];
        return std::tuple(piece.call, piece.first, piece.lost, -static_cast<int>(piece.attempt), i);
    });
    return order;
}

// Whether a result came for each item of a call: the pieces that were not lost, by their first items.
class Results {
  public:
    explicit Results(const std::vector<Piece>& pieces) {
        const bool any_lost = std::ranges::any_of(pieces, &Piece::lost);
        for (const auto& piece : pieces)
            if (any_lost && !piece.lost) ran_.emplace_back(piece.call, piece.first, piece.first + piece.count);
        std::ranges::sort(ran_);
    }
    bool has(std::uint32_t call, std::uint64_t index) const {
        const auto behind = std::ranges::upper_bound(ran_, std::tuple(call, index, UINT64_MAX));
        if (behind == ran_.begin()) return false;
        const auto& [of_call, first, end] = *std::prev(behind);
        return of_call == call && first <= index && index < end;
    }

  private:
    std::vector<std::tuple<std::uint32_t, std::uint64_t, std::uint64_t>> ran_;
};

}  // namespace

void write_csv(const Recording& recording, const std::function<void(std::string_view)>& put) {
    std::string text(csv_header);
    text += "\n";
    const auto& pieces = recording.pieces;
    const Results results(pieces);
    std::uint32_t call = 0;
    std::uint64_t next = 0;  // items of the call below that have their line
    for (const auto place : by_item(pieces)) {
        const auto& piece = pieces[place];
        if (piece.call != call) next = 0;
        call = piece.call;
        const auto title = csv_cell(recording.calls[call].title());
        const auto host = csv_cell(recording.ranks[piece.rank].host);
        const auto share = piece.duration / static_cast<Nanoseconds>(piece.count);
        for (auto index = std::max(piece.first, next); index < piece.first + piece.count; ++index) {
            if (piece.lost && results.has(call, index)) continue;
            const bool failed = !piece.lost && piece.failed > 0 &&
                                std::ranges::binary_search(recording.failed, FailedItem{call, index});
            const auto start = piece.start + share * static_cast<Nanoseconds>(index - piece.first);
            fmt::format_to(std::back_inserter(text), "{},{},{},{},{},{},{},{}\n", index, title, piece.rank, host,
                           csv_seconds(start), csv_seconds(share), piece.attempt,
                           piece.lost ? "lost"
                           : failed   ? "failed"
                                      : "done");
            next = index + 1;
            if (text.size() < full) continue;
            put(text);
            text.clear();
        }
    }
    put(text);
}

}  // namespace hecaton::launcher::report
