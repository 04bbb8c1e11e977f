// Arrays folded element by element: each rank folds one block of the elements, which it gets from all ranks.
//
// Every rank sends and receives its array about twice, as in a reduction with scattered results. It needs memory for
// one more array (not for one from each rank), and does its share of the work; the order of ranks is kept.
#pragma once

#include <algorithm>
#include <hecaton/collectives/blocks.hpp>
#include <hecaton/collectives/fold.hpp>
#include <span>
#include <vector>

namespace hecaton::detail {

/// Below this number of bytes of all ranks together, every rank that needs a result gets all arrays and folds them.
inline constexpr std::uint64_t fold_everywhere_below = 32U << 10U;

/// One block of the elements of all ranks: a row from each.
struct Rows {
    Buffer bytes;
    Block block;  ///< in elements
};

/// Collective. Room for the rows must be there: size() x block.count elements.
void exchange_rows(const Call& call, const void* array, std::uint64_t elements, std::size_t element_size, Rows& rows);
/// Collective. The reverse: row r of this rank's block goes to rank r, into its place in `array`.
void return_rows(const Call& call, const Rows& rows, std::uint64_t elements, std::size_t element_size, void* array);
/// Collective. The blocks of all ranks, one after the other, at `array`: on the root, or on all.
void collect_blocks(const Call& call, bool everywhere, const void* block, std::uint64_t elements,
                    std::size_t element_size, void* array);
/// Collective. All arrays as rows, on the ranks that fold by themselves.
void collect_rows(Call& call, bool at_root_only, ConstPart mine, Buffer& rows);
/// The same, where there is room for them.
void collect_rows(const Call& call, bool at_root_only, ConstPart mine, std::byte* rows);

/// Folds `count` rows of `width` elements from the first on into `sum`, which holds the first row already.
template <class T, class Op>
void fold_rows(const T* rows, int count, std::size_t width, T* sum, Op& op) {
    for (int row = 1; row < count; ++row) {
        const T* values = rows + static_cast<std::size_t>(row) * width;
        for (std::size_t i = 0; i < width; ++i) sum[i] = static_cast<T>(std::invoke(op, std::move(sum[i]), values[i]));
    }
}

/// Each row becomes the scan's result for its rank; row 0 of an exclusive scan is left as it is.
template <class T, class Op>
void scan_rows(T* rows, int count, std::size_t width, bool exclusive, Op& op) {
    std::vector<T> sum(rows, rows + width);
    for (int row = 1; row < count; ++row) {
        T* values = rows + static_cast<std::size_t>(row) * width;
        for (std::size_t i = 0; i < width; ++i) {
            T next = static_cast<T>(std::invoke(op, T(sum[i]), std::as_const(values[i])));
            values[i] = exclusive ? sum[i] : next;
            sum[i] = next;
        }
    }
}

/// All arrays are short: the rows that this rank needs are in `rows`. `result` has its size, or its value where no row
/// is needed.
template <class T, class Op>
void fold_short_arrays(const Call& call, FoldKind kind, const Buffer& rows, std::vector<T>& result, Op& op) {
    const int needed = ranks_needed(call, kind);
    if (needed == 0) return;
    const auto* values = reinterpret_cast<const T*>(rows.data());
    std::copy(values, values + result.size(), result.begin());
    fold_rows(values, needed, result.size(), result.data(), op);
}

template <class T, class Op>
std::vector<T> fold_long_arrays(Call& call, FoldKind kind, const FoldInput<std::vector<T>>& input, Op& op) {
    const std::uint64_t elements = input.items;
    Rows rows{.bytes = {}, .block = block_of(elements, call.size(), call.rank())};
    const auto width = static_cast<std::size_t>(rows.block.count);
    const bool has_result = kind != FoldKind::reduce || call.is_root();
    std::vector<T> result;
    std::vector<T> first;  // the first rank's result of an exclusive scan
    call.make_room(call.total_bytes(), [&] {
        rows.bytes = Buffer(width * static_cast<std::size_t>(call.size()) * sizeof(T));
        if (has_result) result = std::vector<T>(input.value.size());
        if (kind == FoldKind::exclusive_scan && call.rank() == 0) first = first_of_exclusive(input);
    });
    exchange_rows(call, input.value.data(), elements, sizeof(T), rows);
    auto* values = reinterpret_cast<T*>(rows.bytes.data());
    call.attempt([&] {
        if (width == 0) return;
        if (is_scan(kind)) {
            scan_rows(values, call.size(), width, kind == FoldKind::exclusive_scan, op);
        } else {
            fold_rows(values, call.size(), width, values, op);  // into the first row
        }
    });
    if (!folds_quietly<T, Op> || is_scan(kind)) call.agree(elements);  // a scan takes memory
    if (is_scan(kind)) {
        return_rows(call, rows, elements, sizeof(T), result.data());
        if (kind == FoldKind::exclusive_scan && call.rank() == 0) result = std::move(first);
    } else {
        collect_blocks(call, kind == FoldKind::all_reduce, values, elements, sizeof(T), result.data());
    }
    return result;
}

template <class T, class Op>
std::vector<T> fold_array(Call& call, FoldKind kind, const FoldInput<std::vector<T>>& input, Op& op) {
    const ConstPart mine{input.value.data(), input.items * sizeof(T)};
    call.agree(input.items, mine.size, mine.data);
    call.require_same_items("elements");
    if (call.total_bytes() > fold_everywhere_below) return fold_long_arrays(call, kind, input, op);
    std::vector<T> result;
    call.make_room(call.total_bytes(), [&] {
        if (ranks_needed(call, kind) != 0) {
            result = std::vector<T>(input.value.size());
        } else if (kind == FoldKind::exclusive_scan) {
            result = first_of_exclusive(input);
        }
    });
    Buffer rows;
    collect_rows(call, kind == FoldKind::reduce, mine, rows);
    std::uint64_t at = 0;
    const auto folded = [&] { fold_short_arrays(call, kind, rows, result, op); };
    if constexpr (folds_quietly<T, Op>) {
        folded();
    } else {
        call.attempt(at, folded);
        call.agree();
    }
    return result;
}

/// Collective. The one entrance for reduce, all_reduce, scan and exclusive_scan.
template <class V, class Op>
V fold(Call& call, FoldKind kind, const V& value, Op& op, const V* init = nullptr) {
    require_travels<V>();
    if constexpr (!Travels<V>) {  // refused above, with one error
        return value;
    } else if constexpr (folds_elements<V, Op>()) {
        using T = typename V::value_type;
        const FoldInput<V> input{value, init, value.size()};
        ElementWise<V, Op> element_wise{op};
        return onto_init(call, input, element_wise, [&](const FoldInput<V>& onto) {
            if constexpr (received_in_place<T> && std::is_same_v<V, std::vector<T>>) {
                return fold_array<T>(call, kind, onto, op);
            } else {
                return fold_values(call, kind, onto, element_wise);
            }
        });
    } else {
        static_assert(std::is_invocable_r_v<V, Op&, V, const V&>,
                      "hecaton: the operation must take two of the values (or two elements of the vectors) and return "
                      "one, for example std::plus<>{}");
        return onto_init(call, FoldInput<V>{value, init, 0}, op,
                         [&](const FoldInput<V>& onto) { return fold_values(call, kind, onto, op); });
    }
}

}  // namespace hecaton::detail
