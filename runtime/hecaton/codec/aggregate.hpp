// How many members a plain struct has, and of which types, found without a word from the user.
#pragma once

#include <cstddef>
#include <hecaton/codec/members.hpp>
#include <tuple>
#include <type_traits>
#include <utility>

namespace hecaton::detail {

/// Converts to a value of any type, in expressions that are never evaluated.
struct AnyValue {
    template <class U>
    operator U() const;  // NOLINT(google-explicit-constructor)
};
/// Converts to a reference to any type, and so to a copy of one.
struct AnyReference {
    template <class U>
    operator U&() const;  // NOLINT(google-explicit-constructor)
};
struct AnyUnion {
    template <class U>
    requires std::is_union_v<U>
    operator U() const;  // NOLINT(google-explicit-constructor)
};
template <class T>
struct AnyBase {
    template <class U>
    requires(std::is_base_of_v<U, T> && !std::is_same_v<U, T>) operator U() const;  // NOLINT
};
/// Converts to nothing: what takes it takes everything.
struct Unfit {};

/// The values of `Before`, one of `Middle`, and those of `After` initialise a T in this order, without braces around
/// its arrays.
template <class T, class Any, class Middle, std::size_t... Before, std::size_t... After>
consteval bool flat_around(std::index_sequence<Before...>, std::index_sequence<After...>) {
    return requires(const Any any, const Middle middle) {
        T{(static_cast<void>(Before), any)..., middle, (static_cast<void>(After), any)...};
    };
}
/// As before with an array of `Array` elements, in braces, as the middle.
template <class T, class Any, std::size_t... Before, std::size_t... Array, std::size_t... After>
consteval bool flat_array(std::index_sequence<Before...>, std::index_sequence<Array...>,
                          std::index_sequence<After...>) {
    return requires(const Any any) {
        T{(static_cast<void>(Before), any)...,
          {(static_cast<void>(Array), any)...},
          (static_cast<void>(After), any)...};
    };
}

template <class T, class Any, class Middle, std::size_t before, std::size_t after>
inline constexpr bool flat = flat_around<T, Any, Middle>(std::make_index_sequence<before>{},
                                                         std::make_index_sequence<after>{});

template <class T, class Any, std::size_t before, std::size_t array, std::size_t after>
inline constexpr bool flat_with_array = flat_array<T, Any>(std::make_index_sequence<before>{},
                                                           std::make_index_sequence<array>{},
                                                           std::make_index_sequence<after>{});

/// What a class looks like from outside.
enum class Layout { members, base, with_union, unknown };

struct Census {
    Layout layout;
    std::size_t members;
};

// The common way. Each pair of braces stands for exactly one member, but each member needs a value from {}.
template <class T, std::size_t N = 0>
consteval std::size_t count_braces() {
    if constexpr (N < most_members) {
        if constexpr (Members<N + 1>::template braces<T>) return count_braces<T, N + 1>();
    }
    return N;
}

template <class T, std::size_t N, std::size_t I = 0>
consteval bool union_after_braces() {
    if constexpr (I == N) {
        return false;
    } else if constexpr (Members<I>::template braces<T, AnyUnion> && !Members<I>::template braces<T, Unfit>) {
        return true;
    } else {
        return union_after_braces<T, N, I + 1>();
    }
}

// The other way, for members without a value from {}: classes without a default constructor, and references. Values of
// any type stand for the members, and for the elements of arrays, which then have to be found.
inline constexpr std::size_t most_flat = 2 * most_members;

template <class T, class Any, std::size_t N = 1, bool begun = false>
consteval std::size_t count_flat() {
    if constexpr (N > most_flat) {
        return 0;
    } else if constexpr (flat<T, Any, Any, 0, N - 1>) {
        return count_flat<T, Any, N + 1, true>();
    } else if constexpr (begun) {
        return N - 1;
    } else {
        return count_flat<T, Any, N + 1>();
    }
}

/// How many of `all` flat values the member takes that begins behind `before` of them.
template <class T, class Any, std::size_t all, std::size_t before, std::size_t size = all - before>
consteval std::size_t flat_size() {
    if constexpr (size <= 1) {
        return 1;
    } else if constexpr (flat_with_array<T, Any, before, size, all - before - size> &&
                         !flat_with_array<T, Any, before, size, all - before - size + 1>) {
        return size;
    } else {
        return flat_size<T, Any, all, before, size - 1>();
    }
}

template <class T, class Any, std::size_t all, std::size_t before = 0, std::size_t members = 0>
consteval Census count_in_flat() {
    if constexpr (before == all) {
        return {Layout::members, members};
    } else if constexpr (flat<T, Any, AnyUnion, before, all - before - 1> &&
                         !flat<T, Any, Unfit, before, all - before - 1>) {
        return {Layout::with_union, 0};
    } else {
        return count_in_flat<T, Any, all, before + flat_size<T, Any, all, before>(), members + 1>();
    }
}

template <class T, class Any>
consteval Census flat_census() {
    constexpr std::size_t all = count_flat<T, Any>();
    if constexpr (all == 0) {
        return {Layout::unknown, 0};
    } else if constexpr (flat<T, Any, AnyBase<T>, 0, all - 1> && !flat<T, Any, Unfit, 0, all - 1>) {
        return {Layout::base, 0};
    } else {
        constexpr Census census = count_in_flat<T, Any, all>();
        return census.members > most_members ? Census{Layout::unknown, 0} : census;
    }
}

template <class T>
consteval Census take_census() {
    if constexpr (std::is_union_v<T>) {
        return {Layout::with_union, 0};
    } else if constexpr (requires { std::tuple_size<T>::value; }) {
        return {Layout::unknown, 0};  // its own idea of what it consists of
    } else {
        constexpr std::size_t count = count_braces<T>();
        using Counted = Members<count>;
        if constexpr (Counted::template braces<T, AnyValue> || Counted::template braces<T, AnyReference> ||
                      (count == 0 && !std::is_empty_v<T>)) {
            if constexpr (count == most_members) {
                return {Layout::unknown, 0};
            } else if constexpr (flat_census<T, AnyValue>().layout != Layout::unknown) {
                return flat_census<T, AnyValue>();
            } else {
                return flat_census<T, AnyReference>();
            }
        } else if constexpr (Members<0>::braces<T, AnyBase<T>> && !Members<0>::braces<T, Unfit>) {
            return {Layout::base, 0};
        } else if constexpr (union_after_braces<T, count>()) {
            return {Layout::with_union, 0};
        } else {
            return {Layout::members, count};
        }
    }
}

template <class T>
inline constexpr Census census = take_census<T>();

struct TypesOnly {
    template <class... Ms>
    Parts<Ms...> operator()(Parts<Ms...> types, const auto&...) const {
        return types;
    }
};

/// The types of the members of T, of which a census could be taken, as they are declared.
template <class T>
using members_of = decltype(Members<census<T>.members>::apply(std::declval<T&>(), TypesOnly()));

/// Calls `f` once, with all members of `value`, in the order of their declaration.
template <class T, class F>
void visit_members(T& value, F&& f) {
    Members<census<std::remove_const_t<T>>.members>::apply(value, [&f](auto, auto&... members) { f(members...); });
}

}  // namespace hecaton::detail
