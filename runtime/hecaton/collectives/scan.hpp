// scan, exclusive_scan: on each rank the fold of the ranks up to it.
#pragma once

#include <boost/mpi/communicator.hpp>
#include <hecaton/collectives/fold_array.hpp>

namespace hecaton {

/// Collective. Returns on rank r op(... op(v0, v1) ..., vr): the fold of the values of ranks 0 to r, in rank order.
/// Values, vectors, `op` and errors are as for reduce.
template <class Value, class Op>
[[nodiscard]] detail::travels_as_t<Value> scan(const boost::mpi::communicator& comm, const Value& value, Op op) {
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
/// default value (a vector: as many default elements as it gave). Values, vectors, `op` and errors are as for reduce.
template <class Value, class Op>
[[nodiscard]] detail::travels_as_t<Value> exclusive_scan(const boost::mpi::communicator& comm, const Value& value,
                                                         Op op) {
    using V = detail::travels_as_t<Value>;
    detail::Call call(comm, detail::Operation::exclusive_scan, 0, typeid(V));
    return call.with_converted<V>(
        value, [&](const V& mine) { return detail::fold<V>(call, detail::FoldKind::exclusive_scan, mine, op); });
}

/// The same with `init` as the result on rank 0. It is not folded into the results of the others.
template <class Value, class Op, class Init>
[[nodiscard]] detail::travels_as_t<Value> exclusive_scan(const boost::mpi::communicator& comm, const Value& value,
                                                         Op op, Init&& init) {
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
