// Why a type does not travel, and the types of the standard library of which the codec knows it.
#pragma once

#include <functional>
#include <hecaton/codec/type_name.hpp>
#include <initializer_list>
#include <iterator>
#include <span>
#include <string_view>
#include <type_traits>

namespace hecaton::detail {

enum class Refusal {
    none,
    pointer,
    text_pointer,
    view,
    iterator,
    local,
    function,
    allocator,
    with_union,
    base,
    members,
    assembly,
    shared_pointer,
    standard,
    constant,
    other
};

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

/// A class that holds an address inside, where nothing but its name tells: so none of their headers is needed.
template <class T>
inline constexpr bool is_local = named_one_of<T>({"std::error_condition", "std::type_index", "std::source_location",
                                                  "std::thread::id", "std::coroutine_handle<",
                                                  "std::__n4861::coroutine_handle<", "std::pmr::polymorphic_allocator<",
                                                  "std::chrono::zoned_time<"});

/// Why a T of which nothing else is known does not travel.
template <class T>
consteval Refusal unknown_refusal() {
    if constexpr (named_one_of<T>({"std::shared_ptr<", "std::weak_ptr<"})) {
        return Refusal::shared_pointer;
    } else {
        return is_standard<T> ? Refusal::standard : Refusal::other;
    }
}

/// Ranges that refer to elements which lie elsewhere, as far as a concept tells.
template <class T>
inline constexpr bool is_range_view =
    std::ranges::enable_view<T> &&
    !named_one_of<T>({"std::ranges::iota_view<", "std::ranges::single_view<", "std::ranges::empty_view<"});

template <class T>
concept IteratorClass = std::is_class_v<T> && requires(T& place) {
    *place;
    ++place;
};

/// Why the bytes of a T, which has no Shape, mean nothing to another process. Into an aggregate one can look.
template <class T>
consteval Refusal own_refusal() {
    if constexpr (std::is_reference_v<T> || is_view<T>) {
        return Refusal::view;
    } else if constexpr (std::is_pointer_v<T> && is_character<std::remove_cv_t<std::remove_pointer_t<T>>>) {
        return Refusal::text_pointer;
    } else if constexpr (std::is_pointer_v<T> || std::is_member_pointer_v<T> || std::is_null_pointer_v<T>) {
        return Refusal::pointer;
    } else if constexpr (std::is_class_v<T> && !std::is_aggregate_v<T>) {
        if constexpr (IteratorClass<T>) {
            return Refusal::iterator;
        } else if constexpr (is_range_view<T>) {
            return Refusal::view;
        } else {
            return is_local<T> ? Refusal::local : Refusal::none;
        }
    } else {
        return Refusal::none;
    }
}

/// The error for a `Member` inside a `Struct` (or for the `Value` itself), which the compiler names beside it.
template <class Value, class Struct, class Member, Refusal why>
consteval void refuse_to_travel() {
    static_assert(why != Refusal::pointer,
                  "hecaton: a raw pointer cannot travel between processes: it is an address of this one. "
                  "Send the value that it points to, or its index.");
    static_assert(why != Refusal::text_pointer,
                  "hecaton: a character pointer inside another type cannot travel between processes. "
                  "Use std::string, for example std::vector<std::string>.");
    static_assert(
        why != Refusal::view,
        "hecaton: a span, string_view, reference_wrapper, initializer_list, view or reference cannot travel between "
        "processes: it only refers to values of this one. Use std::vector, std::string or the value itself.");
    static_assert(why != Refusal::iterator,
                  "hecaton: an iterator cannot travel between processes: it points into a container of this one. "
                  "Send the element, or its index.");
    static_assert(why != Refusal::local,
                  "hecaton: an error_condition, type_index, source_location, thread::id, coroutine_handle or "
                  "polymorphic_allocator cannot travel between processes: it holds an address of this one. "
                  "Send what it says: a number, a name, a line.");
    static_assert(why != Refusal::function,
                  "hecaton: a container with a comparator or hash that has state cannot travel between processes: the "
                  "state would be missing there. Use an empty function object such as std::less<>.");
    static_assert(why != Refusal::allocator,
                  "hecaton: a container with an allocator that has state, such as those of std::pmr, cannot travel "
                  "between processes: the state would be missing there. Use the container with std::allocator.");
    static_assert(why != Refusal::with_union,
                  "hecaton: a union cannot travel between processes: nothing says which of its members is there. "
                  "Use std::variant, or write for the struct that it is in: "
                  "template <class Archive> void serialize(Archive& ar, unsigned) { ar & first_member; }");
    static_assert(why != Refusal::base,
                  "hecaton: a struct with a base class cannot be taken apart by itself. Write for it: "
                  "template <class Archive> void serialize(Archive& ar, unsigned) "
                  "{ ar & member_of_the_base & first_member; }");
    static_assert(why != Refusal::members,
                  "hecaton: a struct of more than 64 members, or of members that cannot be counted, cannot be taken "
                  "apart by itself. Put some of them into a struct of their own, or write for it: "
                  "template <class Archive> void serialize(Archive& ar, unsigned) { ar & first_member; }");
    static_assert(why != Refusal::assembly,
                  "hecaton: a struct that has an array and a member which is const or without a default value "
                  "cannot be put together by itself. Use std::array in place of the array, or write for it: "
                  "template <class Archive> void serialize(Archive& ar, unsigned) { ar & first_member; }");
    static_assert(why != Refusal::shared_pointer,
                  "hecaton: a shared_ptr or weak_ptr travels by Boost's header: include "
                  "<boost/serialization/shared_ptr.hpp> (or weak_ptr.hpp). Where nothing is shared, use "
                  "std::unique_ptr or the value itself.");
    static_assert(why != Refusal::standard,
                  "hecaton: this class of the standard library cannot travel between processes: what is in it belongs "
                  "to this one, or cannot be taken out and put together again. Send what it holds or says: a "
                  "std::vector, a std::string, a struct of yours.");
    static_assert(
        why != Refusal::constant,
        "hecaton: a constant member cannot be read into by `ar & member`. Make it a member that is not const, "
        "or write ar & const_cast<TheType&>(member) in the `serialize`.");
    static_assert(
        why != Refusal::other,
        "hecaton: this type cannot travel between processes: it is neither a plain struct of types that do, nor plain "
        "bytes. Add a Boost.Serialization `serialize` member: "
        "template <class Archive> void serialize(Archive& ar, unsigned) { ar & first_member & second_member; } "
        "or, where a member cannot be added, this function to its namespace: "
        "template <class Archive> void serialize(Archive& ar, TheType& value, unsigned) { ar & value.first_member; }");
}

}  // namespace hecaton::detail
