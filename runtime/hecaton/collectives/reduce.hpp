// reduce, all_reduce: the values of all ranks folded into one, in rank order.
#pragma once

#include <hecaton/collectives/fold_array.hpp>
#include <hecaton/transport/communicator.hpp>

namespace hecaton {

/// Collective. Returns op(op(op(v0, v1), v2), ...) of the ranks' values on the root, and a default value on the others.
/// `op` takes two values and returns one; it should be associative, need not commute, and may be a lambda that captures
/// anything. The order is always the same, so sums of floating-point numbers are the same from run to run.
/// A vector is folded element by element, and must have the same length on all ranks (unless `op` takes whole vectors
/// and not elements). `op` runs on the root, and for long vectors on all ranks. `root` is the same on all ranks.
///
/// Throws on every rank: UsageError when the ranks disagree about root, type or length or call something else, or when
/// the root is none of them; what `op` or serialize threw on some rank, elsewhere as a TaskError of the same standard
/// type. Throws on this rank alone: UsageError for a null communicator, or without MPI. A type without a default is
/// refused.
template <class Value, class Op>
[[nodiscard]] detail::travels_as_t<Value> reduce(Communicator comm, const Value& value, Op op, int root = 0) {
    using V = detail::travels_as_t<Value>;
    static_assert(!Travels<V> || std::is_default_constructible_v<V>,
                  "hecaton: reduce gives a default value on the ranks that are not the root, and this type has none. "
                  "Use all_reduce, or reduce values of std::optional");
    detail::Call call(comm, detail::Operation::reduce, root, typeid(V));
    return call.with_converted<V>(
        value, [&](const V& mine) { return detail::fold<V>(call, detail::FoldKind::reduce, mine, op); });
}

/// The same, over the world.
template <detail::NotCommunicator Value, class Op>
[[nodiscard]] detail::travels_as_t<Value> reduce(const Value& value, Op op, int root = 0) {
    return hecaton::reduce(detail::world_for("reduce"), value, std::move(op), root);
}

/// Collective. As reduce, but every rank gets the result. A value of up to 24 bytes takes one small MPI_Allgather, and
/// a second one where `op` may throw.
template <class Value, class Op>
[[nodiscard]] detail::travels_as_t<Value> all_reduce(Communicator comm, const Value& value, Op op) {
    using V = detail::travels_as_t<Value>;
    detail::Call call(comm, detail::Operation::all_reduce, 0, typeid(V));
    return call.with_converted<V>(
        value, [&](const V& mine) { return detail::fold<V>(call, detail::FoldKind::all_reduce, mine, op); });
}

/// The same, over the world.
template <detail::NotCommunicator Value, class Op>
[[nodiscard]] detail::travels_as_t<Value> all_reduce(const Value& value, Op op) {
    return hecaton::all_reduce(detail::world_for("all_reduce"), value, std::move(op));
}

}  // namespace hecaton
