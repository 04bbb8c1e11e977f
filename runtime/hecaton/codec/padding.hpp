// Padding bytes hold whatever was in memory before: cleared, equal values have equal bytes, and nothing leaks.
#pragma once

#include <array>
#include <cstddef>
#include <cstring>
#include <type_traits>

namespace hecaton::detail {

/// False where no byte of a T can be padding.
template <class T>
inline constexpr bool may_have_padding =
    !std::has_unique_object_representations_v<T> && !std::is_same_v<T, float> && !std::is_same_v<T, double>;
template <class T, std::size_t N>
inline constexpr bool may_have_padding<std::array<T, N>> = N == 0 || may_have_padding<T>;
template <class T>  // std::complex, without its header
requires(std::is_class_v<T> && sizeof(T) == 2 * sizeof(typename T::value_type) && requires(const T& value) {
    value.real(), value.imag();
}) inline constexpr bool may_have_padding<T> = may_have_padding<typename T::value_type>;

/// Zeroes the padding of a trivially copyable value. Does nothing with compilers that have no means to.
template <class T>
void clear_padding(T& value) noexcept {
    static_assert(std::is_trivially_copyable_v<T> && !std::is_const_v<T>);
#if defined(__has_builtin)
#if __has_builtin(__builtin_clear_padding)
    if constexpr (may_have_padding<T>) __builtin_clear_padding(&value);
#endif
#endif
    static_cast<void>(value);
}

/// Copies `count` values to bytes of any alignment, their padding cleared.
template <class T>
void copy_without_padding(std::byte* to, const T* from, std::size_t count) noexcept {
    if constexpr (!may_have_padding<T>) {
        if (count != 0) std::memcpy(to, from, count * sizeof(T));
    } else {
        for (std::size_t i = 0; i < count; ++i, to += sizeof(T)) {
            union Aligned {  // a T that is neither constructed nor destroyed
                Aligned() noexcept {}
                ~Aligned() {}
                std::remove_const_t<T> value;
            } copy;
            std::memcpy(static_cast<void*>(&copy.value), static_cast<const void*>(from + i), sizeof(T));
            clear_padding(copy.value);
            std::memcpy(to, static_cast<const void*>(&copy.value), sizeof(T));
        }
    }
}

}  // namespace hecaton::detail
