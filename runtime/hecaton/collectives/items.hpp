// Items on their way out of a range and into a std::vector.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <hecaton/codec/codec.hpp>
#include <hecaton/collectives/call.hpp>
#include <hecaton/foundation/buffer.hpp>
#include <hecaton/foundation/error.hpp>
#include <hecaton/transport/byte_collectives.hpp>
#include <iterator>
#include <ranges>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace hecaton::detail {

template <class T>
struct ItemOf {
    using type = travels_as_t<T>;
};
template <class K, class V>
struct ItemOf<std::pair<const K, V>> {  // the items of a map
    using type = std::pair<K, V>;
};

/// The type as which the items of a range travel, which is also that of the results.
template <class Range>
using item_t = typename ItemOf<std::ranges::range_value_t<Range>>::type;

/// Text is one value, and not a range of characters.
template <class T>
concept Text = Shape<travels_as_t<T>>::form == Form::text;

/// The arguments that gather takes for a range.
template <class T>
concept ItemRange = std::ranges::forward_range<T> && !Text<T>;

/// An item as the type that travels: itself, or a conversion.
template <class T, class Item>
decltype(auto) as_item(Item&& item) {
    if constexpr (std::is_same_v<std::remove_cvref_t<Item>, T>) {
        return std::forward<Item>(item);
    } else {
        return T(std::forward<Item>(item));
    }
}

/// The items lie in memory in the form in which they travel.
template <class Range>
concept LiesAsBytes = std::ranges::contiguous_range<Range> && std::ranges::sized_range<Range> &&
    std::is_same_v<std::ranges::range_value_t<Range>, item_t<Range>> && TravelsAsBytes<item_t<Range>>;

/// A std::vector<T> that can be received into.
template <class T>
inline constexpr bool received_in_place =
    TravelsAsBytes<T> && !std::is_same_v<T, bool> && std::is_nothrow_default_constructible_v<T>;

/// A string or vector whose elements travel as bytes, so that they are sent from and received into their place.
template <class V>
inline constexpr bool is_array_of_bytes = false;
template <class T, class A>
inline constexpr bool is_array_of_bytes<std::vector<T, A>> = received_in_place<T>;
template <class C, class R, class A>
inline constexpr bool is_array_of_bytes<std::basic_string<C, R, A>> = true;

/// The bytes of a range of trivially copyable items: where they lie, or a copy.
template <class T>
class OutgoingBytes {
  public:
    template <class Range>
    void take(Range&& range) {
        if constexpr (LiesAsBytes<Range>) {
            data_ = std::ranges::data(range);
            items_ = static_cast<std::uint64_t>(std::ranges::size(range));
        } else {
            if constexpr (std::ranges::sized_range<Range>)
                copy_.reserve(static_cast<std::size_t>(std::ranges::size(range)) * sizeof(T));
            for (auto&& element : range) {
                const T& item = as_item<T>(element);
                copy_.append(std::addressof(item), sizeof(T));
                ++items_;
            }
            data_ = copy_.data();
        }
    }
    const void* data() const noexcept { return data_; }
    std::uint64_t items() const noexcept { return items_; }
    std::uint64_t bytes() const noexcept { return items_ * sizeof(T); }

  private:
    const void* data_ = nullptr;
    std::uint64_t items_ = 0;
    Buffer copy_;
};

/// Where items arrive as bytes.
template <class T>
class Arrivals {
  public:
    void make_room(std::uint64_t items) {
        items_ = static_cast<std::size_t>(items);
        if constexpr (received_in_place<T>) {
            values_ = std::vector<T>(items_);
        } else {
            if (items > SIZE_MAX / sizeof(T)) throw std::bad_alloc();
            bytes_ = Buffer(items_ * sizeof(T));
            values_.reserve(items_);
        }
    }
    void* data() noexcept {
        if constexpr (received_in_place<T>) {
            return values_.data();
        } else {
            return bytes_.data();
        }
    }
    Part part() noexcept { return {data(), items_ * sizeof(T)}; }
    std::vector<T> take() {
        if constexpr (!received_in_place<T>) {
            ByteIterator<T> next(bytes_.data());
            for (std::size_t i = 0; i < items_; ++i, ++next) values_.push_back(*next);  // there is room
        }
        return std::move(values_);
    }

  private:
    std::size_t items_ = 0;
    std::vector<T> values_;
    Buffer bytes_;
};

/// Appends the `items` values to `to` that `bytes` holds.
template <class T>
void decode_items(std::span<const std::byte> bytes, std::uint64_t items, std::vector<T>& to, std::uint64_t& at) {
    Reader reader(bytes);
    for (std::uint64_t i = 0; i < items; ++i, ++at) to.push_back(decode<T>(reader));
    if (reader.remaining() != 0) reader.fail("bytes are left over");
}

template <class T>
T decode_whole(std::span<const std::byte> bytes) {
    Reader reader(bytes);
    T value = decode<T>(reader);
    if (reader.remaining() != 0) reader.fail("bytes are left over");
    return value;
}

}  // namespace hecaton::detail
