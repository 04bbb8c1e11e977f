// Memory that the caller keeps, for calls that put their results into it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <ranges>
#include <span>
#include <type_traits>

namespace hecaton::detail {

/// A range whose elements lie one after the other: a std::span, a std::vector that has a name, an array.
template <class Range>
concept Elements = std::ranges::contiguous_range<Range> && std::ranges::sized_range<Range>;

/// The same, to be written to, and still there after the call.
template <class Out>
concept KeptMemory = Elements<Out> && std::ranges::borrowed_range<Out> &&
    !std::is_const_v<std::remove_reference_t<std::ranges::range_reference_t<Out>>>;

template <KeptMemory Out>
std::span<std::ranges::range_value_t<Out>> kept_span(Out&& out) {
    return {std::ranges::data(out), static_cast<std::size_t>(std::ranges::size(out))};
}

}  // namespace hecaton::detail
