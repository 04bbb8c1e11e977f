// How a value goes inside another's `serialize`: as the codec encodes it, part by part, or by a `serialize` of its own.
//
// The type alone decides, never which of Boost's headers are included: otherwise two files of a program, or two orders
// of includes, would not understand each other.
#pragma once

#include <boost/mpl/bool.hpp>
#include <boost/serialization/is_bitwise_serializable.hpp>
#include <boost/serialization/level.hpp>
#include <hecaton/codec/boost_detect.hpp>
#include <hecaton/codec/travels.hpp>
#include <memory>
#include <type_traits>

namespace hecaton::detail {

/// T has a `serialize`, which `ar & value` calls. What the codec takes apart, and what of the standard library goes as
/// bytes, goes that way, whatever there is for it in Boost.
template <class T>
inline constexpr bool says_itself = [] {
    // NOLINTNEXTLINE(bugprone-branch-clone): a condition that holds guards the next one
    if constexpr (!(std::is_class_v<T> || std::is_union_v<T>) || Shape<T>::form != Form::other) {
        return false;
    } else if constexpr (!HasSerialize<T>) {
        return false;
    } else if constexpr (is_standard<T>) {
        return !goes_as_bytes<T>;
    } else {
        return true;
    }
}();

/// There is something in T that only the archive knows how to write: a `serialize`, or a pointer, of which the archive
/// has to remember where it pointed to.
template <class T, class... Around>
consteval bool needs_archive();
template <class... Around, class... Ts>
consteval bool one_needs_archive(Parts<Ts...>) {
    return (needs_archive<bare_t<Ts>, Around...>() || ...);
}
template <class T, class... Around>
consteval bool needs_archive() {
    if constexpr (!std::is_class_v<T> && !std::is_union_v<T>) {
        return std::is_pointer_v<T>;
    } else if constexpr (Shape<T>::form != Form::other) {
        return one_needs_archive<Around...>(typename Shape<T>::parts{});
    } else if constexpr (says_itself<T>) {
        return true;
        // NOLINTNEXTLINE(bugprone-branch-clone)
    } else if constexpr (!goes_in_members<T> || (std::is_same_v<T, Around> || ...)) {
        return false;
    } else if constexpr (census<T>.layout != Layout::members) {
        return false;  // refused
    } else {
        return one_needs_archive<T, Around...>(members_of<T>{});
    }
}

/// T goes as encode() and decode() have it.
template <class T>
inline constexpr bool goes_by_codec = [] {
    // NOLINTNEXTLINE(bugprone-branch-clone)
    if constexpr (says_itself<T>) {
        return false;
    } else if constexpr (!Travels<T>) {
        return false;
    } else {
        return !needs_archive<T>();
    }
}();

/// Arrays of T are copied in one block.
template <class T>
inline constexpr bool goes_by_codec_as_bytes = [] {
    if constexpr (says_itself<T>) {
        return false;
    } else {
        return TravelsAsBytes<T>;
    }
}();
template <class T>
struct GoesInOneBlock
    : boost::mpl::bool_<goes_by_codec_as_bytes<T> || boost::serialization::is_bitwise_serializable<T>::value> {};

/// T goes part by part, each of them through the archive.
template <class T>
inline constexpr bool goes_in_parts = Shape<T>::form != Form::other || (goes_in_members<T> && !says_itself<T>);

/// Boost has a word for classes that an archive copies as bytes.
template <class T>
inline constexpr bool is_boost_primitive =
    boost::serialization::implementation_level<T>::value == boost::serialization::primitive_type;

/// Refuses at compile time, with our words, a class that an archive cannot take.
template <class T>
consteval void require_serialize() {
    if constexpr (Travels<T>) {
        refuse_to_travel<T, T, T, Refusal::other>();
    } else {
        require_travels<T>();
    }
}

template <class T>
inline constexpr bool is_pointer_to_class = std::is_pointer_v<T> && (std::is_class_v<std::remove_pointer_t<T>> ||
                                                                     std::is_union_v<std::remove_pointer_t<T>>);

/// Refuses a pointer to anything but an object that an archive can write and find again.
template <class T>
consteval void require_pointee() {
    if constexpr (!is_pointer_to_class<T>) {
        refuse_to_travel<T, T, T, Refusal::pointer>();
    }
}

/// A T can be made first and then read into: it has a default, and nothing constant in it.
template <class T>
consteval bool made_first();
template <class... Ts>
consteval bool all_made_first(Parts<Ts...>) {
    return ((!std::is_const_v<Ts> && made_first<bare_t<Ts>>()) && ...);
}
template <class T>
consteval bool made_first() {
    if constexpr (!std::is_default_constructible_v<T>) {
        return false;
    } else if constexpr (Shape<T>::form == Form::array || Shape<T>::form == Form::product) {
        return all_made_first(typename Shape<T>::parts{});
    } else if constexpr (Shape<T>::form != Form::other || !(std::is_class_v<T> || std::is_union_v<T>)) {
        return true;
    } else if constexpr (says_itself<T>) {
        return !BoostConstructible<T>;
    } else if constexpr (goes_in_members<T>) {
        return made_in_steps<T>(members_of<T>{});
    } else {
        return std::is_move_assignable_v<T>;
    }
}

}  // namespace hecaton::detail
