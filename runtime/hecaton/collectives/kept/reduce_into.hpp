// reduce_into, all_reduce_into: the elements of all ranks folded in rank order, into memory that the caller keeps.
#pragma once

#include <hecaton/collectives/kept/fold_into.hpp>
#include <hecaton/transport/communicator.hpp>
#include <ranges>
#include <span>

namespace hecaton {
namespace detail {

template <class In, class Out, class Op>
auto fold_ranges_into(Communicator comm, Operation operation, const In& in, Out&& out, Op& op, int root) {
    using T = std::ranges::range_value_t<In>;
    require_kept<T, Out>();
    Call call(comm, operation, root, typeid(T));
    const std::span<const T> mine(std::ranges::data(in), static_cast<std::size_t>(std::ranges::size(in)));
    const FoldKind kind = operation == Operation::reduce_into ? FoldKind::reduce : FoldKind::all_reduce;
    return fold_into<T>(call, kind, mine, kept_span(out), op);
}

}  // namespace detail

/// Collective. As reduce of a vector, element by element, into the first elements of `out` on the root, which the
/// caller keeps: the results have the same digits. `in` and `out` are std::spans, std::vectors or other contiguous
/// ranges of one type, and may be the same memory; they do not overlap otherwise. Returns the results, and none on the
/// other ranks, whose `out` is not touched and may be empty. No memory is taken for trivially copyable elements.
///
/// Throws what reduce does; and on every rank UsageError where the root's `out` is too small. `out` holds nothing
/// certain after another error.
template <detail::Elements In, detail::KeptMemory Out, class Op>
auto reduce_into(Communicator comm, const In& in, Out&& out, Op op, int root = 0) {
    return detail::fold_ranges_into(comm, detail::Operation::reduce_into, in, out, op, root);
}

/// The same, over the world.
template <detail::Elements In, detail::KeptMemory Out, class Op>
auto reduce_into(const In& in, Out&& out, Op op, int root = 0) {
    return hecaton::reduce_into(detail::world_for("reduce_into"), in, out, std::move(op), root);
}

/// Collective. As reduce_into, but every rank gets the results, and has room for them.
template <detail::Elements In, detail::KeptMemory Out, class Op>
auto all_reduce_into(Communicator comm, const In& in, Out&& out, Op op) {
    return detail::fold_ranges_into(comm, detail::Operation::all_reduce_into, in, out, op, 0);
}

/// The same, over the world.
template <detail::Elements In, detail::KeptMemory Out, class Op>
auto all_reduce_into(const In& in, Out&& out, Op op) {
    return hecaton::all_reduce_into(detail::world_for("all_reduce_into"), in, out, std::move(op));
}

}  // namespace hecaton
