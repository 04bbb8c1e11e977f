// decode(): bytes to any C++ value, form by form.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <hecaton/codec/boost_load.hpp>
#include <hecaton/codec/boost_reader.hpp>
#include <hecaton/codec/decode_bytes.hpp>
#include <hecaton/codec/error_code.hpp>
#include <hecaton/codec/reader.hpp>
#include <hecaton/codec/stack.hpp>
#include <hecaton/codec/travels.hpp>
#include <type_traits>

namespace hecaton::detail {

/// The value that encode<T> wrote. Whatever the bytes are: throws DecodeError, or what the type's own serialize throws,
/// never reads beyond the end, and allocates in proportion to the bytes that are left.
template <class T>
T decode(Reader& reader);

template <class T>
T decode_text(Reader& reader) {
    using Character = typename T::value_type;
    const std::size_t length = reader.count(sizeof(Character));
    if constexpr (std::is_same_v<Character, char>) return T(reinterpret_cast<const char*>(reader.take(length)), length);
    T text(length, Character());
    if (length != 0) std::memcpy(text.data(), reader.take(length * sizeof(Character)), length * sizeof(Character));
    return text;
}

template <class T>
T decode_bools(Reader& reader) {
    const std::uint64_t count = reader.size();
    if (count / 8 > reader.remaining()) reader.fail("more booleans than can follow");
    const std::byte* bytes = reader.take(static_cast<std::size_t>(count / 8 + (count % 8 != 0 ? 1 : 0)));
    T values(static_cast<std::size_t>(count));
    for (std::size_t i = 0; i < values.size(); ++i) {
        values[i] = ((std::to_integer<unsigned>(bytes[i / 8]) >> (i % 8)) & 1U) != 0;
    }
    return values;
}

/// `count` elements at any alignment, each block of them through a buffer that stays in the cache: nothing is zeroed.
template <class T>
T decode_blocks(const Reader& reader, const std::byte* bytes, std::size_t count) {
    using Element = typename T::value_type;
    constexpr std::size_t most = 4096 / sizeof(Element);
    Element block[most];
    T values;
    values.reserve(count);
    while (count != 0) {
        const std::size_t size = std::min(count, most);
        std::memcpy(static_cast<void*>(block), bytes, size * sizeof(Element));
        for (std::size_t i = 0; i < size; ++i) check_bools(reader, block[i]);
        values.insert(values.end(), block, block + size);
        bytes += size * sizeof(Element);
        count -= size;
    }
    return values;
}

template <class T>
T decode_sequence(Reader& reader) {
    using Element = typename T::value_type;
    const std::size_t count = reader.count(min_bytes<Element>);
    if constexpr (TravelsAsBytes<Element> && requires(T values) { values.data(); }) {
        const std::byte* bytes = reader.take(count * sizeof(Element));
        // Numbers are copied at once where their alignment is right; many others block by block.
        if constexpr (std::is_arithmetic_v<Element>) {
            if (reinterpret_cast<std::uintptr_t>(bytes) % alignof(Element) == 0) {
                const auto* values = reinterpret_cast<const Element*>(bytes);
                return T(values, values + count);
            }
        }
        if constexpr (std::is_trivially_default_constructible_v<Element> && std::is_copy_constructible_v<Element> &&
                      sizeof(Element) <= 1024) {
            if (count > 1024 / sizeof(Element)) return decode_blocks<T>(reader, bytes, count);
        }
        return T(ByteIterator<Element>(bytes), ByteIterator<Element>(bytes + count * sizeof(Element)));
    } else {
        T values;
        if constexpr (requires { values.reserve(count); }) {
            // A count from garbage must not reserve much more than the bytes could hold.
            values.reserve(std::min(count, reader.remaining() * 32 / sizeof(Element)));
        }
        for (std::size_t i = 0; i < count; ++i) values.push_back(decode<Element>(reader));
        return values;
    }
}

template <class T>
T decode_numbers(Reader& reader) {
    using Number = typename T::value_type;
    const std::size_t count = reader.count(min_bytes<Number>);
    if constexpr (TravelsAsBytes<Number>) {
        const std::byte* bytes = reader.take(count * sizeof(Number));
        T values(count);
        if (count != 0) std::memcpy(static_cast<void*>(&values[0]), bytes, count * sizeof(Number));
        for (std::size_t i = 0; i < count; ++i) check_bools(reader, values[i]);
        return values;
    } else {
        std::vector<Number> found;
        for (std::size_t i = 0; i < count; ++i) found.push_back(decode<Number>(reader));
        T values(count);
        for (std::size_t i = 0; i < count; ++i) values[i] = std::move(found[i]);
        return values;
    }
}

template <class T, std::size_t... I>
T decode_array(Reader& reader, std::index_sequence<I...>) {
    if constexpr (sizeof...(I) == 0) {
        reader.take(1);
        return T{};
    } else if constexpr (sizeof...(I) > 64 && std::is_default_constructible_v<T>) {  // too many for one argument each
        T values{};
        for (auto& value : values) value = decode<typename T::value_type>(reader);
        return values;
    } else {
        return T{{(static_cast<void>(I), decode<std::remove_const_t<typename T::value_type>>(reader))...}};
    }
}

template <class... Ts>
std::tuple<Ts...> decode_product(Reader& reader, std::type_identity<std::tuple<Ts...>>) {
    if constexpr (sizeof...(Ts) == 0) reader.take(1);
    return std::tuple<Ts...>{decode<std::remove_const_t<Ts>>(reader)...};  // braces: from left to right
}
template <class A, class B>
std::pair<A, B> decode_product(Reader& reader, std::type_identity<std::pair<A, B>>) {
    return std::pair<A, B>{decode<std::remove_const_t<A>>(reader), decode<std::remove_const_t<B>>(reader)};
}

template <class M>
void decode_member(Reader& reader, M& member) {
    if constexpr (std::is_array_v<M>) {
        for (auto& element : member) decode_member(reader, element);
    } else {
        member = decode<M>(reader);
    }
}

template <class T, class... Ms>
T decode_members(Reader& reader, Parts<Ms...>) {
    if constexpr (recursive<T>) check_nesting_to_decode();
    if constexpr (sizeof...(Ms) == 0) reader.take(1);
    if constexpr (made_at_once<T>(Parts<Ms...>{})) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"               // of an int that becomes a bit-field
        return T{decode<std::remove_cv_t<Ms>>(reader)...};  // braces: from left to right
#pragma GCC diagnostic pop
    } else {
        T value{};
        visit_members(value, [&reader](auto&... members) { (decode_member(reader, members), ...); });
        return value;
    }
}

template <class T>
T decode_optional(Reader& reader) {
    if (!decode_bytes<bool>(reader)) return std::nullopt;
    return T(std::in_place, decode<std::remove_const_t<typename T::value_type>>(reader));
}

template <class T, std::size_t I = 0>
T decode_variant(Reader& reader, std::uint64_t index) {
    if constexpr (I == std::variant_size_v<T>) {
        reader.fail("a variant has no such alternative");
    } else {
        if (index != I) return decode_variant<T, I + 1>(reader, index);
        return T(std::in_place_index<I>, decode<std::remove_const_t<std::variant_alternative_t<I, T>>>(reader));
    }
}

template <class T>
T decode_associative(Reader& reader) {
    using Key = typename T::key_type;
    T values;
    if constexpr (Shape<T>::form == Form::map) {
        using Mapped = typename T::mapped_type;
        const std::size_t count = reader.count(min_bytes<Key> + min_bytes<Mapped>);
        if constexpr (requires { values.reserve(count); }) values.reserve(count);
        for (std::size_t i = 0; i < count; ++i) {
            Key key = decode<Key>(reader);
            values.emplace_hint(values.end(), std::move(key), decode<Mapped>(reader));
        }
    } else {
        const std::size_t count = reader.count(min_bytes<Key>);
        if constexpr (requires { values.reserve(count); }) values.reserve(count);
        for (std::size_t i = 0; i < count; ++i) values.emplace_hint(values.end(), decode<Key>(reader));
    }
    return values;
}

template <class T>
T decode_boost(Reader& reader) {
    BoostReader archive(reader);
    if constexpr (std::is_default_constructible_v<T> && !BoostConstructible<T>) {
        T value{};
        archive >> value;
        archive.finish();
        return value;
    } else {
        Constructed<T> constructed(archive);
        archive >> constructed.value;
        archive.finish();
        return std::move(constructed.value);
    }
}

template <class T>
std::unique_ptr<T> decode_pointer(Reader& reader, std::type_identity<std::unique_ptr<T>>) {
    using Value = std::remove_const_t<T>;
    if constexpr (BoostPointee<Value>) {
        return decode_boost<std::unique_ptr<T>>(reader);
    } else {
        if (!decode_bytes<bool>(reader)) return nullptr;
        return std::unique_ptr<T>(new Value(decode<Value>(reader)));
    }
}

/// What the sender knew of the file is not what there is on this machine: it is looked up here.
template <class T>
T decode_directory_entry(Reader& reader) {
    T entry;
    std::error_code missing;
    entry.assign(decode<std::filesystem::path>(reader), missing);
    return entry;
}

template <class T>
T decode(Reader& reader) {
    require_travels<T>();
    if constexpr (!Travels<T>) {  // refused above, with one error
        throw DecodeError("unreachable");
    } else if constexpr (TravelsAsBytes<T>) {
        return decode_bytes<T>(reader);
    } else {
        constexpr Form form = Shape<T>::form;
        if constexpr (form == Form::text) {
            return decode_text<T>(reader);
        } else if constexpr (form == Form::path) {
            return T(decode<typename T::string_type>(reader));
        } else if constexpr (form == Form::directory_entry) {
            return decode_directory_entry<T>(reader);
        } else if constexpr (form == Form::error_code) {
            return decode_error_code(reader);
        } else if constexpr (form == Form::pointer) {
            return decode_pointer(reader, std::type_identity<T>{});
        } else if constexpr (form == Form::numbers) {
            return decode_numbers<T>(reader);
        } else if constexpr (form == Form::sequence) {
            if constexpr (IsBoolVector<T>::value) {
                return decode_bools<T>(reader);
            } else {
                return decode_sequence<T>(reader);
            }
        } else if constexpr (form == Form::array) {
            return decode_array<T>(reader, std::make_index_sequence<std::tuple_size_v<T>>{});
        } else if constexpr (form == Form::product) {
            return decode_product(reader, std::type_identity<T>{});
        } else if constexpr (form == Form::optional) {
            return decode_optional<T>(reader);
        } else if constexpr (form == Form::variant) {
            return decode_variant<T>(reader, reader.size());
        } else if constexpr (form == Form::map || form == Form::set) {
            return decode_associative<T>(reader);
        } else if constexpr (goes_in_members<T>) {
            return decode_members<T>(reader, members_of<T>{});
        } else {
            return decode_boost<T>(reader);
        }
    }
}

}  // namespace hecaton::detail
