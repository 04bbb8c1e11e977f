// gather, all_gather: the items of all ranks, one after the other.
#pragma once

#include <hecaton/collectives/gather_items.hpp>
#include <hecaton/transport/communicator.hpp>
#include <vector>

namespace hecaton {

/// Collective. Returns on the root the items of all ranks in rank order, and an empty vector on the others. `given` is
/// a forward range, of as many items as each rank likes, or a scalar, which counts as a range of one; text
/// (std::string, a literal) is a scalar. `root` is the same on all ranks. Trivially copyable items go from a contiguous
/// range straight into the result.
///
/// Throws on every rank: UsageError when the ranks disagree about root or type or call something else, or when the root
/// is none of them; what a range or an item's serialize threw on some rank, elsewhere as a TaskError of the same
/// standard type. Throws on this rank alone: UsageError for a null communicator, or without MPI.
template <class Given>
[[nodiscard]] auto gather(Communicator comm, Given&& given, int root = 0) {
    detail::Call call(comm, detail::Operation::gather, root, typeid(detail::gathered_t<Given>));
    return detail::gather_given(call, detail::Receiver::root, given);
}

/// The same, over the world.
template <detail::NotCommunicator Given>
[[nodiscard]] auto gather(Given&& given, int root = 0) {
    return hecaton::gather(detail::world_for("gather"), given, root);
}

/// Collective. As gather, but every rank gets the result.
template <class Given>
[[nodiscard]] auto all_gather(Communicator comm, Given&& given) {
    detail::Call call(comm, detail::Operation::all_gather, 0, typeid(detail::gathered_t<Given>));
    return detail::gather_given(call, detail::Receiver::everyone, given);
}

/// The same, over the world.
template <detail::NotCommunicator Given>
[[nodiscard]] auto all_gather(Given&& given) {
    return hecaton::all_gather(detail::world_for("all_gather"), given);
}

}  // namespace hecaton
