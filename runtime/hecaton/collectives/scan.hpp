// scan, exclusive_scan: on each rank the fold of the ranks up to it.
#pragma once

#include <hecaton/collectives/fold_array.hpp>
#include <hecaton/transport/communicator.hpp>

namespace hecaton {
namespace detail {

/// Whether an exclusive scan has something to give on rank 0: a value, or a vector of values.
template <class V, class Op>
consteval bool has_first_of_exclusive() {
    if constexpr (folds_elements<V, Op>()) {
        return std::is_default_constructible_v<V> && std::is_default_constructible_v<typename V::value_type>;
    } else {
        return std::is_default_constructible_v<V>;
    }
}

}  // namespace detail

/// Collective. Returns on rank r op(... op(v0, v1) ..., vr): the fold of the values of ranks 0 to r, in rank order.
/// Values, vectors, `op` and errors are as for reduce.
template <class Value, class Op>
[[nodiscard]] detail::travels_as_t<Value> scan(Communicator comm, const Value& value, Op op) {
    using V = detail::travels_as_t<Value>;
    detail::Call call(comm, detail::Operation::scan, 0, typeid(V));
    return call.with_converted<V>(
        value, [&](const V& mine) { return detail::fold<V>(call, detail::FoldKind::scan, mine, op); });
}

/// The same, over the world.
template <detail::NotCommunicator Value, class Op>
[[nodiscard]] detail::travels_as_t<Value> scan(const Value& value, Op op) {
    return hecaton::scan(detail::world_for("scan"), value, std::move(op));
}

/// Collective. Returns on rank r the fold of the values of ranks 0 to r-1, and on rank 0, which has none before it, a
/// default value (a vector that is folded element by element: as many default elements as it gave). Values, vectors,
/// `op` and errors are as for reduce.
template <class Value, class Op>
[[nodiscard]] detail::travels_as_t<Value> exclusive_scan(Communicator comm, const Value& value, Op op) {
    using V = detail::travels_as_t<Value>;
    static_assert(
        !Travels<V> || detail::has_first_of_exclusive<V, Op>(),
        "hecaton: exclusive_scan gives a default value on rank 0, and this type has none. Give the value that "
        "it is to begin with: exclusive_scan(comm, value, op, init)");
    detail::Call call(comm, detail::Operation::exclusive_scan, 0, typeid(V));
    return call.with_converted<V>(
        value, [&](const V& mine) { return detail::fold<V>(call, detail::FoldKind::exclusive_scan, mine, op); });
}

/// The same as std::exclusive_scan over the ranks' values: `init` on rank 0, and op(... op(init, v0) ..., v(r-1)) on
/// rank r. The `init` that counts is rank 0's. Where vectors are folded element by element it is as long as they are.
template <class Value, class Op, class Init>
[[nodiscard]] detail::travels_as_t<Value> exclusive_scan(Communicator comm, const Value& value, Op op, Init&& init) {
    using V = detail::travels_as_t<Value>;
    detail::Call call(comm, detail::Operation::exclusive_scan, 0, typeid(V));
    return call.with_converted<V>(value, [&](const V& mine) {
        return call.with_converted<V>(std::forward<Init>(init), [&](const V& first) {
            return detail::fold<V>(call, detail::FoldKind::exclusive_scan, mine, op, &first);
        });
    });
}

/// The same, over the world.
template <detail::NotCommunicator Value, class Op>
[[nodiscard]] detail::travels_as_t<Value> exclusive_scan(const Value& value, Op op) {
    return hecaton::exclusive_scan(detail::world_for("exclusive_scan"), value, std::move(op));
}
template <detail::NotCommunicator Value, class Op, class Init>
[[nodiscard]] detail::travels_as_t<Value> exclusive_scan(const Value& value, Op op, Init&& init) {
    return hecaton::exclusive_scan(detail::world_for("exclusive_scan"), value, std::move(op), std::forward<Init>(init));
}

}  // namespace hecaton
