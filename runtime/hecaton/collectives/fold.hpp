// The common part of reduce, all_reduce, scan and exclusive_scan: values folded strictly in rank order.
//
// The result is ((v0 op v1) op v2) op ..., for every element, in each of the ways below: so it is the same from run to
// run, the last rank's scan is the reduction, and no operation needs to commute.
//
// Few bytes: they came with the agreement, and each rank folds the values that it needs.
// Arrays of numbers or plain structs: each rank folds a block of the elements of all ranks (fold_array.hpp).
// Other values: one rank collects and folds them, in windows of bounded size.
#pragma once

#include <functional>
#include <hecaton/collectives/call.hpp>
#include <hecaton/collectives/items.hpp>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

namespace hecaton::detail {

enum class FoldKind { reduce, all_reduce, scan, exclusive_scan };

inline bool is_scan(FoldKind kind) { return kind == FoldKind::scan || kind == FoldKind::exclusive_scan; }

/// Function objects of the standard library that cannot throw for numbers, though not all of them say so.
template <class Op>
inline constexpr bool is_standard_operation = false;
template <class T>
inline constexpr bool is_standard_operation<std::plus<T>> = true;
template <class T>
inline constexpr bool is_standard_operation<std::minus<T>> = true;
template <class T>
inline constexpr bool is_standard_operation<std::multiplies<T>> = true;
template <class T>
inline constexpr bool is_standard_operation<std::bit_and<T>> = true;
template <class T>
inline constexpr bool is_standard_operation<std::bit_or<T>> = true;
template <class T>
inline constexpr bool is_standard_operation<std::bit_xor<T>> = true;
template <class T>
inline constexpr bool is_standard_operation<std::logical_and<T>> = true;
template <class T>
inline constexpr bool is_standard_operation<std::logical_or<T>> = true;

/// Folding trivially copyable values with this operation cannot fail, so no agreement is needed after it.
template <class T, class Op>
inline constexpr bool folds_quietly = TravelsAsBytes<T> && (std::is_nothrow_invocable_r_v<T, Op&, T, const T&> ||
                                                            (std::is_arithmetic_v<T> && is_standard_operation<Op>));

template <class V>
inline constexpr bool is_vector = false;
template <class T, class A>
inline constexpr bool is_vector<std::vector<T, A>> = true;

template <class V, class Op>
consteval bool folds_elements() {
    if constexpr (is_vector<V>) {
        using T = typename V::value_type;
        return std::is_invocable_r_v<T, Op&, T, const T&>;
    } else {
        return false;
    }
}

/// `op` for vectors: element by element.
template <class V, class Op>
struct ElementWise {
    Op& op;

    V operator()(V left, const V& right) const {
        for (std::size_t i = 0; i < left.size(); ++i) {
            using T = typename V::value_type;
            left[i] = static_cast<T>(std::invoke(op, static_cast<T>(std::move(left[i])), right[i]));
        }
        return left;
    }
};

template <class Op>
inline constexpr bool is_elementwise = false;
template <class V, class Op>
inline constexpr bool is_elementwise<ElementWise<V, Op>> = true;

/// sum = op(sum, value)
template <class V, class Op>
void fold_in(V& sum, const V& value, Op& op) {
    V next = static_cast<V>(std::invoke(op, std::move(sum), value));
    if constexpr (std::is_move_assignable_v<V>) {
        sum = std::move(next);
    } else {
        std::destroy_at(std::addressof(sum));
        std::construct_at(std::addressof(sum), std::move(next));
    }
}

/// How many ranks' values, from rank 0 on, a rank needs for its own result.
inline int ranks_needed(const Call& call, FoldKind kind) {
    switch (kind) {
        case FoldKind::reduce:
            return call.is_root() ? call.size() : 0;
        case FoldKind::all_reduce:
            return call.size();
        case FoldKind::scan:
            return call.rank() + 1;
        case FoldKind::exclusive_scan:
            break;
    }
    return call.rank();
}

/// Collects the bytes of all ranks' values on the root, in windows: consecutive ranks with 256 MiB together at most,
/// unless one value alone has more.
class Windows {
  public:
    explicit Windows(const Call& call);

    /// Collective. False after the last window. Throws on all ranks when an attempt of the call has failed on one, or
    /// the allocation here.
    bool next(Call& call, ConstPart mine);
    int first() const noexcept { return first_; }
    int end() const noexcept { return end_; }
    /// On the root: the bytes of a rank of this window.
    std::span<const std::byte> bytes(int rank) const;
    /// Collective. The root's parts[rank - first()] go to the ranks of this window; returns this rank's, empty outside.
    Buffer scatter_back(Call& call, const Buffer& parts, const std::vector<Share>& shares) const;

  private:
    std::vector<std::uint64_t> sizes_;
    std::vector<std::uint64_t> in_window_;  // the same, 0 outside of the window
    std::uint64_t all_;
    std::vector<std::size_t> offsets_;
    Buffer bytes_;
    int first_ = 0;
    int end_ = 0;
};

template <class V>
struct FoldInput {
    const V& value;
    const V* init;        ///< rank 0's result of an exclusive scan; null: a default value
    std::uint64_t items;  ///< elements, where these are folded one by one; else 0
};

/// Throws UsageError.
[[noreturn]] void refuse_init(std::size_t elements, std::size_t expected);

/// use(input), in which the value of rank 0 is folded onto `init`, where there is one: so it comes into the results of
/// all other ranks, before their values, and on no other way than these.
template <class V, class Op, class Use>
V onto_init(Call& call, const FoldInput<V>& input, Op& op, Use&& use) {
    if (input.init == nullptr || call.rank() != 0) return use(input);
    std::optional<V> sum;
    call.attempt([&] {
        if constexpr (is_elementwise<Op>) {
            if (input.init->size() != input.items) refuse_init(input.init->size(), input.value.size());
        }
        if (call.size() == 1) return;
        sum.emplace(*input.init);
        fold_in(*sum, input.value, op);
    });
    if (call.failed()) call.agree();  // it throws
    return use(FoldInput<V>{sum ? *sum : input.value, input.init, input.items});
}

template <class V>
V default_value() {
    if constexpr (std::is_default_constructible_v<V>) {
        return V();
    } else {
        throw UsageError("a value without a default");  // reduce and exclusive_scan have refused the type
    }
}

template <class V>
V first_of_exclusive(const FoldInput<V>& input) {
    if (input.init != nullptr) return *input.init;
    V value = default_value<V>();
    if constexpr (is_vector<V>) {
        if constexpr (std::is_default_constructible_v<typename V::value_type>)
            value.resize(static_cast<std::size_t>(input.items));
    }
    return value;
}

template <class V>
V no_result(FoldKind kind, const FoldInput<V>& input) {
    return kind == FoldKind::exclusive_scan ? first_of_exclusive(input) : default_value<V>();
}

/// All values are in the statements.
template <class V, class Op>
V fold_payloads(Call& call, FoldKind kind, const FoldInput<V>& input, Op& op) {
    std::uint64_t at = 0;
    const auto folded = [&] {
        const int needed = ranks_needed(call, kind);
        if (needed == 0) return no_result(kind, input);
        V sum = decode_whole<V>(call.payload(0));
        for (int rank = 1; rank < needed; ++rank) {
            ++at;
            fold_in(sum, decode_whole<V>(call.payload(rank)), op);
        }
        return sum;
    };
    if constexpr (folds_quietly<V, Op> && std::is_nothrow_default_constructible_v<V>) {
        return folded();
    } else {
        std::unique_ptr<V> result;
        call.attempt(at, [&] { result = std::make_unique<V>(folded()); });
        call.agree();
        return std::move(*result);
    }
}

/// The values of a window, which has arrived on the root, go into `sum` (null before the first). A scan's prefixes are
/// encoded to `prefixes`, and `shares` has the number of bytes for each rank.
template <class V, class Op>
void fold_window(FoldKind kind, const Windows& window, std::unique_ptr<V>& sum, Op& op, Buffer& prefixes,
                 std::vector<Share>& shares, std::uint64_t& at) {
    Writer writer(prefixes);
    for (int rank = window.first(); rank < window.end(); ++rank, ++at) {
        const std::size_t before = prefixes.size();
        if (kind == FoldKind::exclusive_scan && sum) encode<V>(writer, *sum);
        V value = decode_whole<V>(window.bytes(rank));
        if (sum) {
            fold_in(*sum, value, op);
        } else {
            sum = std::make_unique<V>(std::move(value));
        }
        if (kind == FoldKind::scan) encode<V>(writer, *sum);
        shares.push_back({0, prefixes.size() - before});
    }
}

/// Collective. The root's sum on every rank.
template <class V>
void spread_sum(Call& call, std::unique_ptr<V>& sum) {
    Buffer bytes;
    if (call.is_root()) {
        call.attempt([&] {
            Writer writer(bytes);
            encode<V>(writer, *sum);
        });
    }
    call.agree(1, bytes.size());
    const std::uint64_t size = call.bytes(call.root());
    call.make_room(size, [&] {
        if (!call.is_root()) bytes = Buffer(static_cast<std::size_t>(size));
    });
    broadcast_bytes(call.communicator(), bytes.data(), size, call.root());
    if (!call.is_root()) call.attempt([&] { sum = std::make_unique<V>(decode_whole<V>(bytes.bytes())); });
}

template <class V, class Op>
V fold_at_root(Call& call, FoldKind kind, const FoldInput<V>& input, Op& op, ConstPart mine) {
    std::unique_ptr<V> sum;
    std::unique_ptr<V> prefix;
    std::uint64_t at = 0;
    Windows windows(call);
    while (windows.next(call, mine)) {
        Buffer prefixes;
        std::vector<Share> shares;
        if (call.is_root()) call.attempt(at, [&] { fold_window(kind, windows, sum, op, prefixes, shares, at); });
        if (!is_scan(kind)) continue;
        const Buffer bytes = windows.scatter_back(call, prefixes, shares);
        if (!bytes.empty()) call.attempt([&] { prefix = std::make_unique<V>(decode_whole<V>(bytes.bytes())); });
    }
    if (kind == FoldKind::all_reduce) spread_sum(call, sum);
    std::unique_ptr<V>& result = is_scan(kind) ? prefix : sum;
    if (!result) call.attempt([&] { result = std::make_unique<V>(no_result(kind, input)); });
    call.agree();
    return std::move(*result);
}

template <class V, class Op>
V fold_values(Call& call, FoldKind kind, const FoldInput<V>& input, Op& op) {
    Buffer encoded;
    ConstPart mine;
    if constexpr (TravelsAsBytes<V>) {
        mine = {std::addressof(input.value), sizeof(V)};
    } else {
        call.attempt([&] {
            Writer writer(encoded);
            encode<V>(writer, input.value);
        });
        mine = {encoded.data(), encoded.size()};
    }
    call.agree(input.items, mine.size, mine.data);
    call.require_same_items("elements");
    if (call.all_inline()) return fold_payloads(call, kind, input, op);
    return fold_at_root(call, kind, input, op, mine);
}

}  // namespace hecaton::detail
