// Travels: the C++ types whose values can go from one process to another, and the types as which they go.
#pragma once

#include <concepts>
#include <cstddef>
#include <functional>
#include <hecaton/codec/boost_detect.hpp>
#include <hecaton/codec/shape.hpp>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

namespace hecaton {
namespace detail {

/// Why a type does not travel.
enum class Refusal { none, pointer, text_pointer, view, function, other };

template <class T>
inline constexpr bool is_character = false;
template <>
inline constexpr bool is_character<char> = true;
template <>
inline constexpr bool is_character<wchar_t> = true;
template <>
inline constexpr bool is_character<char8_t> = true;

/// Types that only refer to values which lie elsewhere.
template <class T>
inline constexpr bool is_view = false;
template <class T, std::size_t N>
inline constexpr bool is_view<std::span<T, N>> = true;
template <class C, class R>
inline constexpr bool is_view<std::basic_string_view<C, R>> = true;
template <class T>
inline constexpr bool is_view<std::reference_wrapper<T>> = true;
template <class T>
inline constexpr bool is_view<std::initializer_list<T>> = true;

template <class T>
consteval Refusal refusal();

template <class... Ts>
consteval Refusal first_refusal(Parts<Ts...>) {
    Refusal found = Refusal::none;
    static_cast<void>(((found = refusal<Ts>(), found != Refusal::none) || ...));
    return found;
}

template <class T>
consteval Refusal refusal() {
    if constexpr (std::is_reference_v<T> || is_view<T>) {
        return Refusal::view;
    } else if constexpr (std::is_pointer_v<T> && is_character<std::remove_cv_t<std::remove_pointer_t<T>>>) {
        return Refusal::text_pointer;
    } else if constexpr (std::is_pointer_v<T> || std::is_member_pointer_v<T> || std::is_null_pointer_v<T>) {
        return Refusal::pointer;
    } else if constexpr (!std::is_object_v<T> || std::is_array_v<T> || std::is_const_v<T> || std::is_volatile_v<T>) {
        return Refusal::other;
    } else if constexpr (Shape<T>::form != Form::other) {
        constexpr Refusal inside = first_refusal(typename Shape<T>::parts{});
        return inside == Refusal::none && !stateless_functions<T> ? Refusal::function : inside;
    } else if constexpr (std::is_trivially_copyable_v<T>) {
        return std::is_move_constructible_v<T> ? Refusal::none : Refusal::other;
    } else {
        return BoostSerializable<T> ? Refusal::none : Refusal::other;
    }
}

// Optionals and variants are trivially copyable when their parts are. They are taken apart all the same: their bytes
// say which part is there, and a wrong index taken over from garbage would be followed.
template <class T>
inline constexpr bool goes_as_bytes = std::is_trivially_copyable_v<T>&& Shape<T>::form == Form::other;
template <class T, std::size_t N>
inline constexpr bool goes_as_bytes<std::array<T, N>> = goes_as_bytes<T>;

template <class T>
struct TravelsAs {
    using type = std::remove_cvref_t<T>;
};
template <class T>
requires std::is_convertible_v<T, std::string_view> &&
    (std::is_pointer_v<std::decay_t<T>> ||
     std::is_same_v<std::remove_cvref_t<T>, std::string_view>)struct TravelsAs<T> {
    using type = std::string;
};

}  // namespace detail

/// T, a type without reference or const, can be encoded and decoded.
template <class T>
concept Travels = detail::refusal<T>()
== detail::Refusal::none;

namespace detail {

/// T travels as its bytes, so that an array of T can be sent from and received into its place.
/// A class that holds a pointer counts too: C++20 has no means to find the pointer.
template <class T>
concept TravelsAsBytes = Travels<T> && goes_as_bytes<T>;

/// The type as which a T travels: std::string for literals, character pointers and string_view; else T without
/// reference and const.
template <class T>
using travels_as_t = typename TravelsAs<T>::type;

/// Refuses at compile time a T that does not travel, with one error that says why and what to write instead.
template <class T>
consteval void require_travels() {
    constexpr Refusal why = refusal<T>();
    static_assert(why != Refusal::pointer,
                  "hecaton: a raw pointer cannot travel between processes: it is an address of this one. "
                  "Send the value that it points to, or its index.");
    static_assert(why != Refusal::text_pointer,
                  "hecaton: a character pointer inside another type cannot travel between processes. "
                  "Use std::string, for example std::vector<std::string>.");
    static_assert(
        why != Refusal::view,
        "hecaton: a span, string_view, reference_wrapper, initializer_list or reference cannot travel between "
        "processes: it only refers to values of this one. Use std::vector, std::string or the value itself.");
    static_assert(why != Refusal::function,
                  "hecaton: a container with a comparator or hash that has state cannot travel between processes: the "
                  "state would be missing there. Use an empty function object such as std::less<>.");
    static_assert(
        why != Refusal::other,
        "hecaton: this type cannot travel between processes: it is not trivially copyable. "
        "Add a Boost.Serialization `serialize` member: "
        "template <class Archive> void serialize(Archive& ar, unsigned) { ar & first_member & second_member; } "
        "(and include <boost/serialization/vector.hpp> and its like for the members' types)");
}

}  // namespace detail
}  // namespace hecaton
