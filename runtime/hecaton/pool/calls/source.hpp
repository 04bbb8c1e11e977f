// Source: the items of one input range on the root, in a form that any thread can read.
//
// The range itself is walked on the calling thread only, before anything is sent. Where its items lie in memory they
// stay there: a contiguous range is kept as a pointer, another that owns its items (a list, a map, a deque) as a
// pointer to each.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <hecaton/codec/travels.hpp>
#include <memory>
#include <ranges>
#include <type_traits>
#include <utility>
#include <vector>

namespace hecaton::detail {

template <class T>
class Source {
    // std::vector<bool> has no addressable items.
    using Owned = std::conditional_t<std::is_same_v<T, bool>, std::deque<T>, std::vector<T>>;

  public:
    Source() = default;
    Source(Source&&) noexcept = default;
    Source& operator=(Source&&) noexcept = default;

    const T& operator[](std::size_t i) const {
        if (array_ != nullptr) return array_[i];
        return pointers_.empty() ? owned_[i] : *pointers_[i];
    }
    std::size_t size() const noexcept { return size_; }
    /// The items as an array, or null where they lie scattered.
    const T* array() const noexcept { return array_; }

    void view(const T* array, std::size_t size) {
        array_ = array;
        size_ = size;
    }
    void point_to(const T& item) {
        pointers_.push_back(std::addressof(item));
        size_ = pointers_.size();
    }
    template <class Item>
    void add(Item&& item) {
        owned_.emplace_back(std::forward<Item>(item));
        size_ = owned_.size();
    }
    void reserve(std::size_t size) {
        if constexpr (requires { owned_.reserve(size); }) owned_.reserve(size);
    }
    void own(std::vector<T>&& items) requires(!std::is_same_v<T, bool>) {
        owned_ = std::move(items);
        size_ = owned_.size();
        settle();
    }
    /// To be called when all items are in.
    void settle() {
        if constexpr (!std::is_same_v<T, bool>) {
            if (array_ == nullptr && pointers_.empty()) array_ = owned_.data();
        }
    }

  private:
    const T* array_ = nullptr;
    std::vector<const T*> pointers_;
    Owned owned_;
    std::size_t size_ = 0;
};

enum class Lifetime : bool {
    call,      ///< the range outlives the call, which waits: its items may stay where they are
    detached,  ///< the call returns before its items are used: they are copied, or moved from an rvalue
};

// The item type that is kept: text that somebody else owns becomes std::string in detached calls.
template <class Range, Lifetime lifetime>
using source_item_t =
    std::conditional_t<lifetime == Lifetime::detached, travels_as_t<std::ranges::range_value_t<Range>>,
                       std::ranges::range_value_t<Range>>;

template <class Range, class T>
concept KeepsItems = std::is_lvalue_reference_v<std::ranges::range_reference_t<Range>> &&
    std::is_same_v<std::remove_cvref_t<std::ranges::range_reference_t<Range>>, T>;

template <class Range>
inline constexpr bool is_character_array = false;
template <class C, std::size_t N>
requires is_character<std::remove_const_t<C>>
inline constexpr bool is_character_array<C[N]> = true;
template <class Range>
inline constexpr bool is_character_array<std::ranges::ref_view<Range>> = is_character_array<Range>;

/// Refuses a literal, whose last item would be its 0.
template <class... Ranges>
consteval void require_no_literal() {
    static_assert(!(is_character_array<std::remove_reference_t<Ranges>> || ...),
                  "hecaton: a text is one value, and not a range of its characters. Write pool.map(f, {\"abc\"}), "
                  "in braces, for a list of one text, or std::string(\"abc\") for the characters");
}

/// The first `limit` items of `range`.
template <Lifetime lifetime, class Range>
auto make_source(Range&& range, std::size_t limit) {
    using T = source_item_t<Range, lifetime>;
    constexpr bool in_place = lifetime == Lifetime::call && KeepsItems<Range, T>;
    Source<T> source;
    if constexpr (in_place && std::ranges::contiguous_range<Range> && std::ranges::sized_range<Range>) {
        source.view(std::ranges::data(range), std::min<std::size_t>(std::ranges::size(range), limit));
    } else if constexpr (lifetime == Lifetime::detached && std::is_same_v<Range, std::vector<T>> &&
                         !std::is_same_v<T, bool>) {
        if (range.size() > limit) range.erase(range.begin() + static_cast<std::ptrdiff_t>(limit), range.end());
        source.own(std::forward<Range>(range));
    } else {
        if constexpr (std::ranges::sized_range<Range> && !in_place)
            source.reserve(std::min<std::size_t>(std::ranges::size(range), limit));
        auto end = std::ranges::end(range);
        for (auto at = std::ranges::begin(range); limit > 0 && at != end; ++at, --limit) {
            if constexpr (in_place && std::ranges::forward_range<Range>) {
                source.point_to(*at);
            } else {
                source.add(T(*at));
            }
        }
        source.settle();
    }
    return source;
}

/// The length of the shortest of those ranges that know their length.
template <class... Ranges>
std::size_t shortest(Ranges&... ranges) {
    std::size_t limit = static_cast<std::size_t>(-1);
    const auto consider = [&limit](auto& range) {
        if constexpr (std::ranges::sized_range<decltype(range)>)
            limit = std::min<std::size_t>(limit, static_cast<std::size_t>(std::ranges::size(range)));
    };
    (consider(ranges), ...);
    return limit;
}

}  // namespace hecaton::detail
