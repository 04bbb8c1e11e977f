// What a callable may be to travel to other ranks, and how it does.
//
// A function goes as its place in the program, a stateless lambda as nothing at all, one that captures plain values as
// their bytes, and a BoundFront or a function object with a `serialize` member through the codec.
#pragma once

#include <array>
#include <bit>
#include <cstring>
#include <hecaton/codec/codec.hpp>
#include <hecaton/tasks/address_scan.hpp>
#include <hecaton/tasks/bind_front.hpp>
#include <hecaton/tasks/module.hpp>
#include <memory>
#include <span>
#include <type_traits>

namespace hecaton::detail {

template <class F>
concept FunctionPointer = std::is_pointer_v<F> && std::is_function_v<std::remove_pointer_t<F>>;

template <class F>
inline constexpr bool is_bound_front = false;
template <class F, class... Bound>
inline constexpr bool is_bound_front<BoundFront<F, Bound...>> = true;

// Standard layout is what tells a reference capture apart: a class with a reference in it never has it.
template <class F>
concept PlainClosure = std::is_class_v<F> && std::is_trivially_copyable_v<F> && std::is_standard_layout_v<F>;

template <class F>
concept SerializedCallable = std::is_class_v<F> && !std::is_trivially_copyable_v<F> && Travels<F>;

/// F can be sent to another rank.
template <class F>
inline constexpr bool callable_travels = FunctionPointer<F> || PlainClosure<F> || SerializedCallable<F>;
template <class F, class... Bound>
inline constexpr bool callable_travels<BoundFront<F, Bound...>> = callable_travels<F> && (Travels<Bound> && ...);

// What a BoundFront calls in the end.
template <class F>
struct Innermost {
    using type = F;
};
template <class F, class... Bound>
struct Innermost<BoundFront<F, Bound...>> : Innermost<F> {};

/// One compile-time error for a callable that cannot travel, with the line to write instead. (For bound values that
/// cannot travel, bind_front has given one.)
template <class Callable>
consteval void require_callable() {
    using F = typename Innermost<Callable>::type;
    static_assert(!std::is_member_pointer_v<F>,
                  "hecaton: a pointer to a member cannot travel to other ranks. Write a lambda around it instead: "
                  "[](const T& item) { return item.member(); }");
    static_assert(
        std::is_member_pointer_v<F> || callable_travels<F>,
        "hecaton: this callable cannot travel to other ranks: it captures a reference, or a value that is more "
        "than plain bytes (a string, a vector, a std::function, also a tuple, or a class with data both in itself "
        "and in its base). Write hecaton::bind_front(f, words) for values that need serialising, or "
        "`auto shared = pool.broadcast(words);` for big ones and capture `shared` by value");
}

template <class F>
void encode_callable(Writer& writer, const F& f);
template <class F>
F decode_callable(Reader& reader);

template <class F, class... Bound>
void encode_bound(Writer& writer, const BoundFront<F, Bound...>& f) {
    encode_callable(writer, f.function());
    std::apply([&](const Bound&... values) { (encode(writer, values), ...); }, f.bound());
}

template <class F, class... Bound>
BoundFront<F, Bound...> decode_bound(Reader& reader, std::type_identity<BoundFront<F, Bound...>>) {
    F function = decode_callable<F>(reader);
    return {std::move(function), std::tuple<Bound...>{decode<Bound>(reader)...}};  // braces: from left to right
}

/// Appends what `f` needs to be rebuilt. Throws UsageError when it holds an address of this process, or lies in no
/// library.
template <class F>
void encode_callable(Writer& writer, const F& f) {
    require_callable<F>();
    if constexpr (FunctionPointer<F>) {
        const ModuleOffset place = locate(reinterpret_cast<const void*>(f));
        writer.raw(&place, sizeof place);
    } else if constexpr (is_bound_front<F>) {
        encode_bound(writer, f);
    } else if constexpr (std::is_empty_v<F> && PlainClosure<F>) {
        // nothing to send
    } else if constexpr (PlainClosure<F>) {
        F copy = f;
        clear_padding(copy);
        const auto bytes = std::as_bytes(std::span<const F, 1>(std::addressof(copy), 1));
        refuse_addresses(bytes);
        writer.raw(bytes.data(), bytes.size());
    } else {
        encode(writer, f);
    }
}

template <class F>
F decode_callable(Reader& reader) {
    if constexpr (FunctionPointer<F>) {
        ModuleOffset place;
        std::memcpy(&place, reader.take(sizeof place), sizeof place);
        return reinterpret_cast<F>(resolve(place));
    } else if constexpr (is_bound_front<F>) {
        return decode_bound(reader, std::type_identity<F>());
    } else if constexpr (PlainClosure<F>) {
        std::array<std::byte, sizeof(F)> bytes{};
        if constexpr (!std::is_empty_v<F>) std::memcpy(bytes.data(), reader.take(sizeof(F)), sizeof(F));
        return std::bit_cast<F>(bytes);
    } else {
        return decode<F>(reader);
    }
}

}  // namespace hecaton::detail
