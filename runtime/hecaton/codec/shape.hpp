// Which types of the standard library the codec takes apart by itself, and into what.
#pragma once

#include <array>
#include <cstddef>
#include <deque>
#include <filesystem>
#include <hecaton/codec/type_name.hpp>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <system_error>
#include <tuple>
#include <type_traits>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <variant>
#include <vector>

namespace hecaton::detail {

enum class Form {
    other,
    text,
    sequence,
    numbers,  // std::valarray
    array,
    product,
    optional,
    variant,
    map,
    set,
    pointer,  // std::unique_ptr, which may be null
    path,
    directory_entry,
    error_code
};

template <class...>
struct Parts {};

/// Form::other, without parts, for everything that has no specialisation below.
template <class T>
struct Shape {
    static constexpr Form form = Form::other;
    using parts = Parts<>;
};

template <Form F, class... Ts>
struct ShapeOf {
    static constexpr Form form = F;
    using parts = Parts<Ts...>;
};

template <class C, class R, class A>
struct Shape<std::basic_string<C, R, A>> : ShapeOf<Form::text, C> {};
template <class T, class A>
struct Shape<std::vector<T, A>> : ShapeOf<Form::sequence, T> {};
template <class T, class A>
struct Shape<std::deque<T, A>> : ShapeOf<Form::sequence, T> {};
template <class T, class A>
struct Shape<std::list<T, A>> : ShapeOf<Form::sequence, T> {};
template <class T>
requires(named_one_of<T>({"std::valarray<"})) struct Shape<T> : ShapeOf<Form::numbers, typename T::value_type> {
};
template <class T, std::size_t N>
struct Shape<std::array<T, N>> : ShapeOf<Form::array, T> {};
template <class A, class B>
struct Shape<std::pair<A, B>> : ShapeOf<Form::product, A, B> {};
template <class... Ts>
struct Shape<std::tuple<Ts...>> : ShapeOf<Form::product, Ts...> {};
template <class T>
struct Shape<std::optional<T>> : ShapeOf<Form::optional, T> {};
template <class... Ts>
struct Shape<std::variant<Ts...>> : ShapeOf<Form::variant, Ts...> {};
template <class K, class V, class C, class A>
struct Shape<std::map<K, V, C, A>> : ShapeOf<Form::map, K, V> {};
template <class K, class V, class C, class A>
struct Shape<std::multimap<K, V, C, A>> : ShapeOf<Form::map, K, V> {};
template <class K, class V, class H, class E, class A>
struct Shape<std::unordered_map<K, V, H, E, A>> : ShapeOf<Form::map, K, V> {};
template <class K, class V, class H, class E, class A>
struct Shape<std::unordered_multimap<K, V, H, E, A>> : ShapeOf<Form::map, K, V> {};
template <class K, class C, class A>
struct Shape<std::set<K, C, A>> : ShapeOf<Form::set, K> {};
template <class K, class C, class A>
struct Shape<std::multiset<K, C, A>> : ShapeOf<Form::set, K> {};
template <class K, class H, class E, class A>
struct Shape<std::unordered_set<K, H, E, A>> : ShapeOf<Form::set, K> {};
template <class K, class H, class E, class A>
struct Shape<std::unordered_multiset<K, H, E, A>> : ShapeOf<Form::set, K> {};
template <class T>
requires(!std::is_array_v<T>) struct Shape<std::unique_ptr<T>> : ShapeOf<Form::pointer, T> {
};
template <>
struct Shape<std::filesystem::path> : ShapeOf<Form::path> {};
template <>
struct Shape<std::filesystem::directory_entry> : ShapeOf<Form::directory_entry> {};
template <>
struct Shape<std::error_code> : ShapeOf<Form::error_code> {};

/// The functions with which a container orders or hashes. A stateful one would be missing on the other side: a
/// default-constructed function pointer is null.
template <class T>
inline constexpr bool stateless_functions = true;
template <class T>
requires(Shape<T>::form == Form::map || Shape<T>::form == Form::set) inline constexpr bool stateless_functions<T> = [] {
    if constexpr (requires { typename T::hasher; }) {
        return std::is_empty_v<typename T::hasher> && std::is_empty_v<typename T::key_equal>;
    } else {
        return std::is_empty_v<typename T::key_compare>;
    }
}();

/// The memory resource of a container, or whatever else its allocator knows, would be missing as well.
template <class T>
inline constexpr bool stateless_allocator = true;
template <class T>
requires requires { typename T::allocator_type; }
inline constexpr bool stateless_allocator<T> =
    std::allocator_traits<typename T::allocator_type>::is_always_equal::value;

template <class T>
struct IsBoolVector : std::false_type {};
template <class A>
struct IsBoolVector<std::vector<bool, A>> : std::true_type {};

}  // namespace hecaton::detail
