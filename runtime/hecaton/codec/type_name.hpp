// The name of a type, by which classes of the standard library are known without their headers.
#pragma once

#include <initializer_list>
#include <string_view>

namespace hecaton::detail {

/// "std::thread::id" for that class.
template <class T>
constexpr std::string_view type_name() {
    constexpr std::string_view function = __PRETTY_FUNCTION__;  // "... type_name() [with T = std::thread::id; ...]"
    return function.substr(function.find("T = ") + 4);
}

template <class T>
consteval bool named_one_of(std::initializer_list<std::string_view> beginnings) {
    for (const std::string_view beginning : beginnings) {
        if (type_name<T>().starts_with(beginning)) return true;
    }
    return false;
}

/// T is a class of the standard library.
template <class T>
inline constexpr bool is_standard = named_one_of<T>({"std::"});

template <class T>
inline constexpr bool is_bitset = named_one_of<T>({"std::bitset<"});

}  // namespace hecaton::detail
