// map, all_map: scatter, a function on each item, gather.
#pragma once

#include <functional>
#include <hecaton/collectives/gather_items.hpp>
#include <hecaton/collectives/scatter_items.hpp>
#include <hecaton/transport/communicator.hpp>
#include <type_traits>
#include <utility>
#include <vector>

namespace hecaton {
namespace detail {

template <class F, class T>
decltype(auto) call_with_item(F& f, T& item) {
    if constexpr (std::is_invocable_v<F&, T>) {
        return std::invoke(f, std::move(item));  // it is this rank's own copy
    } else {
        return std::invoke(f, item);
    }
}

template <class F, class T>
using mapped_t = std::remove_cvref_t<decltype(call_with_item(std::declval<F&>(), std::declval<T&>()))>;

template <class F, class Range>
using map_result_t = mapped_t<F, item_t<Range>>;

/// `use(i, result)` for each item, where the function has a result.
template <class T, class F>
auto apply_to_items(Call& call, std::vector<T>& mine, F& f) {
    std::uint64_t at = block_of(call.items(call.root()), call.size(), call.rank()).first;
    const auto for_each = [&](auto&& use) {
        call.attempt(at, [&] {
            for (auto&& item : mine) {
                if constexpr (std::is_same_v<T, bool>) {
                    bool value = item;
                    use(value);
                } else {
                    use(item);
                }
                ++at;
            }
        });
    };
    using R = mapped_t<F, T>;
    if constexpr (std::is_void_v<R>) {
        for_each([&](T& item) { call_with_item(f, item); });
    } else {
        std::vector<travels_as_t<R>> results;
        call.attempt([&] { results.reserve(mine.size()); });
        for_each([&](T& item) { results.push_back(as_item<travels_as_t<R>>(call_with_item(f, item))); });
        return results;
    }
}

template <class F, class Range>
auto map_items(Call& call, Receiver receiver, F& f, Range&& range) {
    using R = map_result_t<F, Range>;
    std::vector<item_t<Range>> mine = scatter_items(call, range);
    if constexpr (std::is_void_v<R>) {
        apply_to_items(call, mine, f);
        call.agree();
    } else {
        require_travels<travels_as_t<R>>();
        auto results = apply_to_items(call, mine, f);
        call.set_type(typeid(travels_as_t<R>));
        return gather_items(call, receiver, std::move(results));
    }
}

}  // namespace detail

/// Collective. Returns on the root f(item) for each item of the root's range, in the range's order, and an empty vector
/// on the others; nothing where `f` returns nothing. Each rank calls its own `f` on its block of items (see scatter),
/// so `f` does not travel and may capture anything, also by reference. `range` is a forward range that is read on the
/// root only; the others may give an empty one of the same item type. `root` is the same on all ranks.
///
/// Throws on every rank: the error of the lowest item whose call threw (on its rank the exception itself, elsewhere a
/// TaskError of the same standard type that names item, rank and host), of the items that were called: a rank stops at
/// its first error; and the errors of scatter and gather.
template <class F, detail::ItemRange Range>
auto map(Communicator comm, F&& f, Range&& range, int root = 0) {
    detail::Call call(comm, detail::Operation::map, root, typeid(detail::item_t<Range>));
    return detail::map_items(call, detail::Receiver::root, f, range);
}

/// The same, over the world.
template <detail::NotCommunicator F, detail::ItemRange Range>
auto map(F&& f, Range&& range, int root = 0) {
    return hecaton::map(detail::world_for("map"), f, range, root);
}

/// Collective. As map, but every rank gets the results.
template <class F, detail::ItemRange Range>
auto all_map(Communicator comm, F&& f, Range&& range, int root = 0) {
    detail::Call call(comm, detail::Operation::all_map, root, typeid(detail::item_t<Range>));
    return detail::map_items(call, detail::Receiver::everyone, f, range);
}

/// The same, over the world.
template <detail::NotCommunicator F, detail::ItemRange Range>
auto all_map(F&& f, Range&& range, int root = 0) {
    return hecaton::all_map(detail::world_for("all_map"), f, range, root);
}

}  // namespace hecaton
