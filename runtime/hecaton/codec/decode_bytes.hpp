// Values whose bytes were copied, from bytes of any alignment; and how few bytes a value can have.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <hecaton/codec/reader.hpp>
#include <hecaton/codec/travels.hpp>
#include <iterator>
#include <type_traits>

namespace hecaton::detail {

/// The fewest bytes that a T can be encoded in: at least 1.
template <class T>
inline constexpr std::size_t min_bytes = 1;
template <TravelsAsBytes T>
inline constexpr std::size_t min_bytes<T> = sizeof(T);
template <class T, std::size_t N>
requires(!TravelsAsBytes<std::array<T, N>>) inline constexpr std::size_t min_bytes<std::array<T, N>> =
    std::max<std::size_t>(N * min_bytes<T>, 1);
template <class A, class B>
inline constexpr std::size_t min_bytes<std::pair<A, B>> = min_bytes<A> + min_bytes<B>;
template <class T, class... Ts>
inline constexpr std::size_t min_bytes<std::tuple<T, Ts...>> = (min_bytes<T> + ... + min_bytes<Ts>);

template <class... Ms>
consteval std::size_t min_bytes_of(Parts<Ms...>) {
    return std::max<std::size_t>((std::size_t{0} + ... + (sizeof(Ms) / sizeof(bare_t<Ms>) * min_bytes<bare_t<Ms>>)), 1);
}
template <class T>
requires goes_in_members<T>
inline constexpr std::size_t min_bytes<T> = min_bytes_of(members_of<T>{});

// A byte other than 0 and 1 is not a bool, and the bits behind a bitset's last one are 0. What is inside of trivially
// copyable classes is not checked.
template <class T>
void check_bools(const Reader& reader, const T& value) {
    if constexpr (is_bitset<T>) {
        if (~~value != value) reader.fail("a bitset has more bits than it can have");
    }
}
inline void check_bools(const Reader& reader, const bool& value) {
    std::uint8_t byte = 0;
    std::memcpy(&byte, &value, 1);
    if (byte > 1) reader.fail("a boolean is neither 0 nor 1");
}
template <class T, std::size_t N>
void check_bools(const Reader& reader, const std::array<T, N>& values) {
    for (const T& value : values) check_bools(reader, value);
}

template <class T>
T decode_bytes(Reader& reader) {
    union Raw {  // T may have no default constructor
        Raw() noexcept {}
        ~Raw() {}
        T value;
    } raw;
    std::memcpy(static_cast<void*>(&raw.value), reader.take(sizeof(T)), sizeof(T));
    check_bools(reader, raw.value);
    return static_cast<T&&>(raw.value);
}

/// Iterates over values in bytes of any alignment. So a vector is filled in one pass, without being zeroed first.
template <class T>
class ByteIterator {
  public:
    using iterator_category = std::random_access_iterator_tag;
    using value_type = T;
    using difference_type = std::ptrdiff_t;
    using pointer = void;
    using reference = T;

    explicit ByteIterator(const std::byte* at) : at_(at) {}
    T operator*() const {
        Reader reader({at_, sizeof(T)});
        return decode_bytes<T>(reader);
    }
    ByteIterator& operator++() {
        at_ += sizeof(T);
        return *this;
    }
    ByteIterator operator++(int) {
        ByteIterator before = *this;
        at_ += sizeof(T);
        return before;
    }
    ByteIterator& operator+=(std::ptrdiff_t n) {
        at_ += n * static_cast<std::ptrdiff_t>(sizeof(T));
        return *this;
    }
    std::ptrdiff_t operator-(const ByteIterator& other) const {
        return (at_ - other.at_) / static_cast<std::ptrdiff_t>(sizeof(T));
    }
    bool operator==(const ByteIterator&) const = default;

  private:
    const std::byte* at_;
};

}  // namespace hecaton::detail
