#include <atomic>
#include <hecaton/recording/calls.hpp>
#include <hecaton/recording/process.hpp>
#include <hecaton/recording/switch.hpp>
#include <utility>

namespace hecaton::detail::recording {
namespace {

// Several ranks may be roots: each has numbers of its own.
std::uint64_t next_number() {
    static std::atomic<std::uint64_t> calls{0};
    return (static_cast<std::uint64_t>(rank()) << 32U) + ++calls;
}

// Lines that are made by `append`, unless there is no memory for them.
template <class Append>
void add_lines(Append&& append) noexcept {
    if (!on()) return;
    try {
        std::string lines;
        append(lines);
        add(lines);
    } catch (...) {  // no memory: left out
    }
}

}  // namespace

int PoolRanks::in_world(int rank) const noexcept {
    const auto at = static_cast<std::size_t>(rank);
    return rank >= 0 && at < world.size() ? world[at] : rank;
}

RecordedCall::RecordedCall(std::shared_ptr<const PoolRanks> ranks, const What& what)
    : ranks_(std::move(ranks)), number_(next_number()) {
    add_lines([&](std::string& to) {
        append_call(to,
                    {.call = number_, .kind = what.kind, .name = what.name, .items = what.items, .time = what.time});
    });
}

void RecordedCall::ran(int rank, std::span<const Piece> pieces, std::uint64_t after) const noexcept {
    add_lines([&](std::string& to) {
        for (Piece piece : pieces) {
            piece.first += after;
            append_ran(to, number_, ranks_->in_world(rank), piece);
        }
    });
}

void RecordedCall::failed(int rank, ErrorLine error) const noexcept {
    add_lines([&](std::string& to) {
        error.call = number_;
        error.rank = ranks_->in_world(rank);
        append_error(to, error);
    });
}

void RecordedCall::lost(int rank, std::uint64_t index, std::uint64_t attempt) const noexcept {
    add_lines([&](std::string& to) { append_lost(to, number_, ranks_->in_world(rank), index, time_now(), attempt); });
}

void RecordedCall::end(const CallEnd& end) const noexcept {
    add_lines([&](std::string& to) { append_end_call(to, number_, end); });
    if (on()) flush_soon();
}

void note_lost_rank(const PoolRanks& ranks, int rank, std::string_view why) noexcept {
    const auto at = static_cast<std::size_t>(rank);
    add_lines([&](std::string& to) {
        append_lost_rank(to, ranks.in_world(rank), at < ranks.hosts.size() ? ranks.hosts[at] : "", time_now(), why);
    });
}

}  // namespace hecaton::detail::recording
