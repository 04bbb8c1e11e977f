// Reads what boost_save.hpp writes: where it lies, so that the pointers of a value find what they pointed to.
#pragma once

#include <algorithm>
#include <boost/serialization/serialization.hpp>
#include <boost/serialization/version.hpp>
#include <cstddef>
#include <cstdint>
#include <hecaton/codec/boost_parts.hpp>
#include <hecaton/codec/decode_bytes.hpp>
#include <hecaton/codec/reader.hpp>
#include <memory>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace hecaton::detail {

class BoostReader;

template <class T>
T decode(Reader& reader);
template <class T>
T decode_bools(Reader& reader);

template <class Archive, class T>
requires(std::is_same_v<Archive, BoostReader>&& std::is_class_v<T> &&
         // NOLINTNEXTLINE(performance-unnecessary-value-param): as Boost calls it
         !says_itself<T>) void serialize(Archive& archive, T& value, const boost::serialization::version_type) {
    archive >> value;
}

/// A value that Boost's load_construct_data makes, for types that nothing else can make.
template <class T>
struct Constructed {
    template <class Archive>
    explicit Constructed(Archive& archive) {
        boost::serialization::load_construct_data_adl(archive, &value, boost::serialization::version<T>::value);
    }
    ~Constructed() { value.~T(); }
    union {
        T value;
    };
};

/// Also where a T cannot be assigned to, because it has constant parts.
template <class T>
void replace(T& place, T&& value) {
    if constexpr (std::is_move_assignable_v<T>) {
        // NOLINTNEXTLINE(bugprone-move-forwarding-reference): T is never deduced as a reference
        place = std::move(value);
    } else {
        std::destroy_at(std::addressof(place));
        // NOLINTNEXTLINE(bugprone-move-forwarding-reference)
        std::construct_at(std::addressof(place), std::move(value));
    }
}

template <class T, class Archive>
T load_value(Archive& archive);
template <class T, class Archive, class... Ms>
T load_members(Archive& archive, Parts<Ms...>) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"                // of an int that becomes a bit-field
    return T{load_value<std::remove_cv_t<Ms>>(archive)...};  // braces: from left to right
#pragma GCC diagnostic pop
}
template <class T, class Archive, std::size_t... I>
T load_elements(Archive& archive, std::index_sequence<I...>) {
    using Element = std::remove_const_t<typename T::value_type>;
    return T{{(static_cast<void>(I), load_value<Element>(archive))...}};
}

template <class T, std::size_t I = 0, class Archive>
T load_variant(Archive& archive, std::uint64_t index) {
    if constexpr (I == std::variant_size_v<T>) {
        archive.reader().fail("a variant has no such alternative");
    } else {
        if (index != I) return load_variant<T, I + 1>(archive, index);
        using Alternative = std::remove_const_t<std::variant_alternative_t<I, T>>;
        return T(std::in_place_index<I>, load_value<Alternative>(archive));
    }
}

/// A T that is made of what is read.
template <class T, class Archive>
T load_value(Archive& archive) {
    if constexpr (made_first<T>()) {
        T value{};
        archive >> value;
        return value;
    } else if constexpr (goes_by_codec<T>) {
        return decode<T>(archive.reader());
    } else if constexpr (Shape<T>::form == Form::array) {
        return load_elements<T>(archive, std::make_index_sequence<std::tuple_size_v<T>>{});
    } else if constexpr (Shape<T>::form == Form::product) {
        return load_members<T>(archive, typename Shape<T>::parts{});
    } else if constexpr (Shape<T>::form == Form::variant) {
        return load_variant<T>(archive, archive.reader().size());
    } else if constexpr (goes_in_parts<T>) {
        return load_members<T>(archive, members_of<T>{});
    } else {
        Constructed<T> constructed(archive);
        archive >> constructed.value;
        return std::move(constructed.value);
    }
}

/// Reads a T and passes it to `put`, which returns where it has put it: pointers to it are then to lead there.
template <class T, class Archive, class Put>
void load_and_put(Archive& archive, Put put) {
    const auto put_from = [&](T& value) {
        archive >> value;
        const T* const place = put(std::move(value));
        archive.reset_object_address(place, std::addressof(value));
    };
    if constexpr (made_first<T>()) {
        T value{};
        put_from(value);
    } else if constexpr (says_itself<T>) {
        Constructed<T> constructed(archive);
        put_from(constructed.value);
    } else {
        put(load_value<T>(archive));
    }
}

template <class Archive, class T>
void load_sequence(Archive& archive, Reader& reader, T& values) {
    using Element = typename T::value_type;
    if constexpr (IsBoolVector<T>::value) {
        values = decode_bools<T>(reader);
    } else if constexpr (goes_by_codec_as_bytes<Element> && requires { values.data(); }) {
        const std::size_t count = reader.count(sizeof(Element));
        values.resize(count);
        archive.load_binary(values.data(), count * sizeof(Element));
        for (const Element& value : values) check_bools(reader, value);
    } else {
        const std::size_t count = reader.count(1);
        values.clear();
        if constexpr (requires { values.reserve(count); }) {
            // What is pointed to must not move. Only a sealed value has pointers, and its count was written by us.
            values.reserve(archive.sealed() ? count : std::min(count, reader.remaining() * 32 / sizeof(Element)));
        }
        for (std::size_t i = 0; i < count; ++i) {
            if constexpr (made_first<Element>()) {
                archive >> values.emplace_back();
            } else {
                load_and_put<Element>(archive, [&](auto&& value) {
                    return std::addressof(values.emplace_back(std::forward<decltype(value)>(value)));
                });
            }
        }
    }
}

template <class Archive, class T>
void load_associative(Archive& archive, Reader& reader, T& values) {
    using Key = typename T::key_type;
    const std::size_t count = reader.count(Shape<T>::form == Form::map ? 2 : 1);
    values.clear();
    for (std::size_t i = 0; i < count; ++i) {
        if constexpr (Shape<T>::form == Form::set) {
            load_and_put<Key>(
                archive, [&](Key&& key) { return std::addressof(*values.emplace_hint(values.end(), std::move(key))); });
        } else {
            using Mapped = typename T::mapped_type;
            if constexpr (made_first<Mapped>()) {
                Mapped* mapped = nullptr;
                load_and_put<Key>(archive, [&](Key&& key) {
                    const auto place = values.emplace_hint(values.end(), std::piecewise_construct,
                                                           std::forward_as_tuple(std::move(key)), std::tuple<>());
                    mapped = std::addressof(place->second);
                    return std::addressof(place->first);
                });
                archive >> *mapped;
            } else {
                Key key = load_value<Key>(archive);
                load_and_put<Mapped>(archive, [&](Mapped&& value) {
                    return std::addressof(values.emplace_hint(values.end(), std::move(key), std::move(value))->second);
                });
            }
        }
    }
}

template <std::size_t I = 0, class Archive, class T>
void load_alternative(Archive& archive, Reader& reader, T& value, std::uint64_t index) {
    if constexpr (I == std::variant_size_v<T>) {
        reader.fail("a variant has no such alternative");
    } else if (index != I) {
        load_alternative<I + 1>(archive, reader, value, index);
    } else {
        using Alternative = std::variant_alternative_t<I, T>;
        if constexpr (made_first<Alternative>() && !std::is_const_v<Alternative>) {
            archive >> value.template emplace<I>();
        } else {
            load_and_put<std::remove_const_t<Alternative>>(archive, [&](auto&& made) {
                return std::addressof(value.template emplace<I>(std::forward<decltype(made)>(made)));
            });
        }
    }
}

template <class Archive, class T>
void load_optional(Archive& archive, Reader& reader, T& value) {
    using Content = typename T::value_type;
    value.reset();
    if (!decode_bytes<bool>(reader)) return;
    if constexpr (made_first<Content>() && !std::is_const_v<Content>) {
        archive >> value.emplace();
    } else {
        load_and_put<std::remove_const_t<Content>>(
            archive, [&](auto&& made) { return std::addressof(value.emplace(std::forward<decltype(made)>(made))); });
    }
}

template <class Archive, class T>
void load_owned(Archive& archive, Reader& reader, std::unique_ptr<T>& value) {
    using Value = std::remove_const_t<T>;
    value.reset();
    if constexpr (says_itself<Value>) {
        Value* raw = nullptr;
        archive >> raw;
        value.reset(raw);
    } else if (decode_bytes<bool>(reader)) {
        if constexpr (made_first<Value>()) {
            auto made = std::make_unique<Value>();
            archive >> *made;
            value = std::move(made);
        } else {
            load_and_put<Value>(archive, [&](Value&& made) {
                value.reset(new Value(std::move(made)));
                return value.get();
            });
        }
    }
}

// A bit-field, which has no address, is a number; nothing tells it from one.
template <class... Ms>
consteval bool no_bit_fields(Parts<Ms...>) {
    return (!(std::is_integral_v<Ms> || std::is_enum_v<Ms>)&&...);
}

template <class Archive, class T>
void load_parts(Archive& archive, Reader& reader, T& value) {
    constexpr Form form = Shape<T>::form;
    if constexpr (form == Form::text) {
        const std::size_t length = reader.count(sizeof(typename T::value_type));
        value.resize(length);
        archive.load_binary(value.data(), length * sizeof(typename T::value_type));
    } else if constexpr (form == Form::sequence) {
        load_sequence(archive, reader, value);
    } else if constexpr (form == Form::map || form == Form::set) {
        load_associative(archive, reader, value);
    } else if constexpr (form == Form::optional) {
        load_optional(archive, reader, value);
    } else if constexpr (form == Form::variant) {
        load_alternative(archive, reader, value, reader.size());
    } else if constexpr (form == Form::pointer) {
        load_owned(archive, reader, value);
    } else if constexpr (form == Form::numbers) {
        value.resize(0);
        std::vector<typename T::value_type> found;
        load_sequence(archive, reader, found);
        value.resize(found.size());
        for (std::size_t i = 0; i < found.size(); ++i) value[i] = std::move(found[i]);
    } else if constexpr (form == Form::array) {
        if (value.empty()) reader.take(1);
        if constexpr (made_first<T>()) {
            for (auto& element : value) archive >> element;
        } else {
            replace(value, load_value<T>(archive));
        }
    } else if constexpr (form == Form::product) {
        if constexpr (made_first<T>()) {
            std::apply([&](auto&... parts) { (static_cast<void>(archive >> parts), ...); }, value);
        } else {
            replace(value, load_value<T>(archive));
        }
    } else {
        require_travels<T>();
        if constexpr (!Travels<T>) {  // refused above, with one error
        } else if constexpr (made_in_steps<T>(members_of<T>{}) &&
                             (no_bit_fields(members_of<T>{}) || !made_at_once<T>(members_of<T>{}))) {
            visit_members(value, [&](auto&... members) { (static_cast<void>(archive >> members), ...); });
        } else {
            replace(value, load_members<T>(archive, members_of<T>{}));
        }
    }
}

}  // namespace hecaton::detail
