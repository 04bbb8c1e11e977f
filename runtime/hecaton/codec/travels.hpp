// Travels: the C++ types whose values can go from one process to another, and the types as which they go.
#pragma once

#include <concepts>
#include <cstddef>
#include <hecaton/codec/aggregate.hpp>
#include <hecaton/codec/boost_detect.hpp>
#include <hecaton/codec/refusal.hpp>
#include <hecaton/codec/shape.hpp>
#include <string>
#include <string_view>
#include <type_traits>

namespace hecaton {
namespace detail {

template <class T>
concept Aggregate = std::is_aggregate_v<T> && !std::is_array_v<T> && Shape<T>::form == Form::other;

/// The part of a product, or the elements of a member that is an array, as they are encoded.
template <class T>
using bare_t = std::remove_const_t<std::remove_all_extents_t<std::remove_const_t<T>>>;

template <class T>
consteval Refusal bytes_refusal();

template <class... Ts>
consteval Refusal first_bytes_refusal(Parts<Ts...>) {
    Refusal found = Refusal::none;
    static_cast<void>(((found = bytes_refusal<bare_t<Ts>>(), found != Refusal::none) || ...));
    return found;
}

struct AnyRefused {
    template <class U>
    requires(bytes_refusal<U>() != Refusal::none) operator U() const;  // NOLINT(google-explicit-constructor)
};

/// For a struct that cannot be taken apart: is there something in it, behind `before` other values, that is refused?
template <class T, std::size_t before = 0>
consteval bool refused_in_flat() {
    if constexpr (before == most_flat || !flat<T, AnyValue, AnyValue, before, 0>) {
        return false;
    } else if constexpr (flat<T, AnyValue, AnyRefused, before, 0> && !flat<T, AnyValue, Unfit, before, 0>) {
        return true;
    } else {
        return refused_in_flat<T, before + 1>();
    }
}

/// Why the bytes of a trivially copyable T mean nothing to another process. C++20 has no means to look into a class
/// with private members: their bytes are taken for good.
template <class T>
consteval Refusal bytes_refusal() {
    if constexpr (Shape<T>::form == Form::error_code) {
        return Refusal::local;  // the address of its category
    } else if constexpr (Shape<T>::form != Form::other) {
        return first_bytes_refusal(typename Shape<T>::parts{});
    } else if constexpr (own_refusal<T>() != Refusal::none || !Aggregate<T>) {
        return own_refusal<T>();
    } else if constexpr (census<T>.layout == Layout::members) {
        return first_bytes_refusal(members_of<T>{});
    } else if constexpr (census<T>.layout == Layout::with_union) {
        return Refusal::with_union;
    } else {
        return refused_in_flat<T>() ? Refusal::members : Refusal::none;
    }
}

/// T is encoded as its bytes wherever it travels. Optionals and variants are trivially copyable when their parts are;
/// they are taken apart all the same: their bytes say which part is there, and a wrong index taken over from garbage
/// would be followed.
template <class T>
inline constexpr bool goes_as_bytes = [] {
    if constexpr (std::is_trivially_copyable_v<T> && Shape<T>::form == Form::other) {
        return bytes_refusal<T>() == Refusal::none;
    } else {
        return false;
    }
}();
template <class T, std::size_t N>
inline constexpr bool goes_as_bytes<std::array<T, N>> = goes_as_bytes<T>;

// A T can be made of its members at once: const ones too, but no arrays.
template <class T, class... Ms>
consteval bool made_at_once(Parts<Ms...>) {
    if constexpr ((std::is_array_v<Ms> || ...)) {
        return false;
    } else {
        return requires { T{std::declval<std::remove_cv_t<Ms>>()...}; };
    }
}
// Or its members can be replaced one after the other: none that is const, and no bit-fields, of which nothing tells.
template <class M>
inline constexpr bool replaceable =
    std::is_move_constructible_v<bare_t<M>>&& std::is_assignable_v<std::remove_all_extents_t<M>&, bare_t<M>&&>;
template <class T, class... Ms>
consteval bool made_in_steps(Parts<Ms...>) {
    return std::is_default_constructible_v<T> && (replaceable<Ms> && ...);
}

/// Why T does not travel. `Around` are the plain structs that it is in: one of them again, inside itself, brings
/// nothing new.
template <class T, class... Around>
consteval Refusal refusal();

template <class... Around, class... Ts>
consteval Refusal first_refusal(Parts<Ts...>) {
    Refusal found = Refusal::none;
    static_cast<void>(((found = refusal<bare_t<Ts>, Around...>(), found != Refusal::none) || ...));
    return found;
}

template <class T, class... Around>
consteval Refusal members_refusal() {
    if constexpr ((std::is_same_v<T, Around> || ...)) {
        return Refusal::none;
    } else if constexpr (census<T>.layout == Layout::base) {
        return Refusal::base;
    } else if constexpr (census<T>.layout == Layout::with_union) {
        return Refusal::with_union;
    } else if constexpr (census<T>.layout == Layout::unknown) {
        return Refusal::members;
    } else {
        const Refusal inside = first_refusal<T, Around...>(members_of<T>{});
        if (inside != Refusal::none) return inside;
        return made_at_once<T>(members_of<T>{}) || made_in_steps<T>(members_of<T>{}) ? Refusal::none
                                                                                     : Refusal::assembly;
    }
}

template <class T>
inline constexpr bool holds_pointee = false;
template <class T>
inline constexpr bool holds_pointee<std::unique_ptr<T>> = BoostPointee<std::remove_const_t<T>>;

template <class T, class... Around>
consteval Refusal shape_refusal() {
    if constexpr (holds_pointee<T>) return Refusal::none;
    const Refusal inside = first_refusal<Around...>(typename Shape<T>::parts{});
    if (inside != Refusal::none) return inside;
    if (!stateless_functions<T>) return Refusal::function;
    return stateless_allocator<T> ? Refusal::none : Refusal::allocator;
}

// NOLINTBEGIN(bugprone-branch-clone): the order of the questions counts
template <class T, class... Around>
consteval Refusal refusal() {
    if constexpr (std::is_reference_v<T> || is_view<T> || (std::is_scalar_v<T> && own_refusal<T>() != Refusal::none)) {
        return own_refusal<T>();
    } else if constexpr (!std::is_object_v<T> || std::is_array_v<T> || std::is_const_v<T> || std::is_volatile_v<T>) {
        return Refusal::other;
    } else if constexpr (Shape<T>::form != Form::other) {
        return shape_refusal<T, Around...>();
    } else if constexpr (goes_as_bytes<T>) {
        return std::is_move_constructible_v<T> ? Refusal::none : Refusal::other;
    } else if constexpr (BoostSerializable<T>) {
        return Refusal::none;
    } else if constexpr (own_refusal<T>() != Refusal::none) {
        return own_refusal<T>();
    } else if constexpr (Aggregate<T> && std::is_move_constructible_v<T>) {
        return members_refusal<T, Around...>();
    } else {
        return unknown_refusal<T>();
    }
}
// NOLINTEND(bugprone-branch-clone)

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

/// T travels as its bytes, so that an array of T can be sent from and received into its place.
template <class T>
concept TravelsAsBytes = Travels<T> && detail::goes_as_bytes<T>;

namespace detail {

/// T is a plain struct that is taken apart.
template <class T>
inline constexpr bool goes_in_members = Aggregate<T> && !goes_as_bytes<T> && !BoostSerializable<T>;

template <class Target, class T, class... Around>
consteval bool contains();
template <class Target, class... Around, class... Ts>
consteval bool one_contains(Parts<Ts...>) {
    return ((std::is_same_v<bare_t<Ts>, Target> || contains<Target, bare_t<Ts>, Around...>()) || ...);
}
template <class Target, class T, class... Around>
consteval bool contains() {
    if constexpr (Shape<T>::form != Form::other) {
        return one_contains<Target, Around...>(typename Shape<T>::parts{});
    } else if constexpr (!goes_in_members<T> || (std::is_same_v<T, Around> || ...)) {
        return false;
    } else {
        return one_contains<Target, T, Around...>(members_of<T>{});
    }
}

/// T, a plain struct that is taken apart, can have others of its type in it: nothing bounds how deep.
template <class T>
inline constexpr bool recursive = contains<T, T>();

/// The type as which a T travels: std::string for literals, character pointers and string_view; else T without
/// reference and const.
template <class T>
using travels_as_t = typename TravelsAs<T>::type;

/// What is refused in `Value`: a `Member` in a `Struct`, or itself.
template <class Value, class Struct, class Member>
struct Culprit {
    static consteval void refuse() { refuse_to_travel<Value, Struct, Member, refusal<Member>()>(); }
};

template <class Value, class Struct, class T, class... Around>
consteval auto culprit();

template <class Value, class Struct, class... Around, class T, class... Ts>
consteval auto first_culprit(Parts<T, Ts...>) {
    if constexpr (refusal<bare_t<T>, Around...>() != Refusal::none) {
        return culprit<Value, Struct, bare_t<T>, Around...>();
    } else {
        return first_culprit<Value, Struct, Around...>(Parts<Ts...>{});
    }
}

template <class Value, class Struct, class T, class... Around>
consteval auto culprit() {
    if constexpr (first_refusal<Around...>(typename Shape<T>::parts{}) != Refusal::none) {
        return first_culprit<Value, Struct, Around...>(typename Shape<T>::parts{});
    } else if constexpr (!Aggregate<T>) {
        return Culprit<Value, Struct, T>{};
    } else if constexpr (census<T>.layout != Layout::members) {
        return Culprit<Value, Struct, T>{};
    } else if constexpr (first_refusal<T, Around...>(members_of<T>{}) == Refusal::none) {
        return Culprit<Value, Struct, T>{};
    } else {
        return first_culprit<Value, T, T, Around...>(members_of<T>{});
    }
}

/// Refuses at compile time a T that does not travel, with one error that says why and what to write instead.
template <class T>
consteval void require_travels() {
    if constexpr (!Travels<T>) decltype(culprit<T, T, T>())::refuse();
}

}  // namespace detail
}  // namespace hecaton
