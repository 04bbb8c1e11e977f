// The common part of reduce_into and all_reduce_into: arrays folded element by element into memory that the caller
// keeps, in the order of ranks, as in fold_array.hpp.
//
// Short arrays: every rank that needs the result gets all of them, on its stack, and folds them. Long ones: window
// after window of the elements, each dealt out to the ranks, folded there and collected. The memory for a window is
// kept by the thread, and stays in its cache.
#pragma once

#include <algorithm>
#include <array>
#include <hecaton/collectives/fold_array.hpp>
#include <hecaton/collectives/kept/memory.hpp>
#include <span>
#include <type_traits>

namespace hecaton::detail {

/// Memory that this thread keeps for the windows of its folds.
class FoldMemory {
  public:
    FoldMemory() noexcept;
    ~FoldMemory();
    FoldMemory(const FoldMemory&) = delete;
    FoldMemory& operator=(const FoldMemory&) = delete;

    void make_room(std::size_t bytes);
    std::byte* data() noexcept { return bytes_.data(); }

  private:
    Buffer bytes_;
};

/// Longer arrays, in bytes, are dealt out and collected: half of what all of them would be then travels.
inline constexpr std::size_t longest_whole = 4'000;
/// Bytes of a window, from all ranks together.
inline constexpr std::uint64_t row_window = 512U << 10U;

/// The parts of `elements` elements that the ranks fold, in bytes; good until the next call.
std::span<const std::uint64_t> deal_elements(const Call& call, std::uint64_t elements, std::size_t element_size);

/// Folding needs no memory that depends on the type, and moving cannot fail.
template <class T>
inline constexpr bool folds_in_place = TravelsAsBytes<T>&& std::is_nothrow_move_assignable_v<T> &&
                                       sizeof(T) <= (64U << 10U) && alignof(T) <= Buffer::alignment;

template <class T, class Op>
void fold_short_into(Call& call, bool at_root_only, std::span<const T> in, std::span<T> out, Op& op) {
    alignas(Buffer::alignment) std::array<std::byte, fold_everywhere_below> rows;  // not zeroed
    collect_rows(call, at_root_only, {in.data(), in.size_bytes()}, rows.data());
    const auto folded = [&] {
        if (at_root_only && !call.is_root()) return;
        const auto* values = reinterpret_cast<const T*>(rows.data());
        std::copy(values, values + in.size(), out.begin());
        fold_rows(values, call.size(), in.size(), out.data(), op);
    };
    if constexpr (folds_quietly<T, Op>) {
        folded();
    } else {
        call.attempt(folded);
        call.agree();
    }
}

template <class T, class Op>
void fold_long_into(Call& call, bool at_root_only, std::span<const T> in, std::span<T> out, Op& op) {
    const auto ranks = static_cast<std::size_t>(call.size());
    const std::size_t most = std::max<std::size_t>(1, static_cast<std::size_t>(row_window) / (sizeof(T) * ranks));
    FoldMemory rows;
    call.make_room(most * ranks * sizeof(T), [&] { rows.make_room(most * ranks * sizeof(T)); });
    for (std::size_t first = 0; first < in.size(); first += most * ranks) {
        const std::size_t count = std::min(in.size() - first, most * ranks);
        const std::span<const std::uint64_t> sizes = deal_elements(call, count, sizeof(T));
        const std::uint64_t mine = sizes[static_cast<std::size_t>(call.rank())];
        deal_bytes(call.communicator(), in.data() + first, sizes, {rows.data(), mine * ranks});
        auto* values = reinterpret_cast<T*>(rows.data());
        call.attempt([&] { fold_rows(values, call.size(), static_cast<std::size_t>(mine) / sizeof(T), values, op); });
        if (!at_root_only) {
            all_gather_bytes(call.communicator(), {values, mine}, sizes, out.data() + first);
        } else {
            gather_bytes(call.communicator(), {values, mine}, sizes, call.is_root() ? out.data() + first : nullptr,
                         call.root());
        }
    }
    if (!folds_quietly<T, Op>) call.agree();
}

template <class T, class Op>
void fold_elements_into(Call& call, bool at_root_only, std::span<const T> in, std::span<T> out, Op& op) {
    if (call.size() == 1) {
        std::copy(in.begin(), in.end(), out.begin());
    } else if (in.size_bytes() <= longest_whole && call.total_bytes() <= fold_everywhere_below) {
        fold_short_into(call, at_root_only, in, out, op);
    } else {
        fold_long_into(call, at_root_only, in, out, op);
    }
}

/// Collective. The one entrance for reduce_into and all_reduce_into.
template <class T, class Op>
std::span<T> fold_into(Call& call, FoldKind kind, std::span<const T> in, std::span<T> out, Op& op) {
    require_travels<T>();
    static_assert(!Travels<T> || std::is_invocable_r_v<T, Op&, T, const T&>,
                  "hecaton: the operation must take two of the elements and return one, for example std::plus<>{}");
    const bool at_root_only = kind == FoldKind::reduce;
    const auto agreed = [&](const void* payload) {
        call.set_room(out.size());
        call.agree(in.size(), in.size_bytes(), payload);
        call.require_same_items("elements");
        call.require_room([&](int rank) { return at_root_only && rank != call.root() ? 0 : call.items(0); });
    };
    const std::size_t results = at_root_only && !call.is_root() ? 0 : in.size();
    if constexpr (!Travels<T>) {  // refused above, with one error
        return {};
    } else if constexpr (folds_in_place<T>) {
        agreed(in.data());
        fold_elements_into(call, at_root_only, in, out, op);
        return out.first(results);
    } else {
        agreed(nullptr);
        std::vector<T> mine;
        call.attempt([&] { mine.assign(in.begin(), in.end()); });
        if (call.failed()) call.agree();  // it throws
        return move_into(call, fold(call, kind, mine, op), out.first(results));
    }
}

}  // namespace hecaton::detail
