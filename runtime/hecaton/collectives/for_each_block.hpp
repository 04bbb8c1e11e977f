// for_each_block: a function on each rank's block of the root's items.
#pragma once

#include <cstddef>
#include <functional>
#include <hecaton/collectives/scatter_items.hpp>
#include <hecaton/transport/communicator.hpp>
#include <memory>
#include <span>

namespace hecaton {

/// Collective. Scatters the root's range (see scatter) and calls fn(std::span<T> items, std::size_t first) once on
/// every rank, with this rank's copy of its block and the index of the block's first item; the block is empty where
/// there are fewer items than ranks. Returns when all ranks are done. `fn` does not travel, and may itself call
/// collectives.
///
/// Throws on every rank: the error of the lowest rank on which `fn` threw (elsewhere as a TaskError of the same
/// standard type, whose index is that of the block's first item); and the errors of scatter.
template <detail::ItemRange Range, class Fn>
void for_each_block(Communicator comm, Range&& range, Fn&& fn, int root = 0) {
    using T = detail::item_t<Range>;
    detail::Call call(comm, detail::Operation::for_each_block, root, typeid(T));
    std::vector<T> mine = detail::scatter_items(call, range);
    const std::uint64_t first = block_of(call.items(call.root()), call.size(), call.rank()).first;
    call.attempt(first, [&] {
        if constexpr (std::is_same_v<T, bool>) {  // std::vector<bool> has no array
            const auto flags = std::make_unique<bool[]>(mine.size());
            std::copy(mine.begin(), mine.end(), flags.get());
            std::invoke(fn, std::span<bool>(flags.get(), mine.size()), static_cast<std::size_t>(first));
        } else {
            std::invoke(fn, std::span<T>(mine), static_cast<std::size_t>(first));
        }
    });
    call.agree();
}

/// The same, over the world.
template <detail::ItemRange Range, class Fn>
void for_each_block(Range&& range, Fn&& fn, int root = 0) {
    hecaton::for_each_block(detail::world_for("for_each_block"), range, fn, root);
}

}  // namespace hecaton
