// Memory that the caller keeps, for the forms of the collectives that put their results into it.
#pragma once

#include <algorithm>
#include <hecaton/collectives/call.hpp>
#include <hecaton/collectives/items.hpp>
#include <hecaton/collectives/kept_memory.hpp>
#include <ranges>
#include <span>
#include <type_traits>
#include <vector>

namespace hecaton::detail {

/// The results have another type than the memory for them.
template <class T, class Out>
consteval void require_kept() {
    static_assert(std::is_same_v<T, std::ranges::range_value_t<Out>>,
                  "hecaton: the memory for the results must be of the type of the items as they travel, for example "
                  "std::vector<double> for items of double");
}

/// Collective. Moves the results into the caller's memory, which has room for them.
template <class T>
std::span<T> move_into(Call& call, std::vector<T>&& results, std::span<T> out) {
    const auto moved = [&] { std::ranges::move(results, out.begin()); };
    if constexpr (std::is_nothrow_move_assignable_v<T>) {
        moved();
    } else {
        call.attempt(moved);
        call.agree();
    }
    return out.first(results.size());
}

}  // namespace hecaton::detail
