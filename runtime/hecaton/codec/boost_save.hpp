// Writes what has parts, each part through the archive: for containers, and for plain structs, of values that say
// themselves how they travel, or of pointers.
#pragma once

#include <cstddef>
#include <hecaton/codec/boost_parts.hpp>
#include <hecaton/codec/writer.hpp>
#include <memory>
#include <type_traits>

namespace hecaton::detail {

class BoostWriter;

template <class T>
void encode(Writer& writer, const T& value);

// What a pointer leads to and the codec takes by itself: Boost's pointers look for a `serialize`. The type of the last
// parameter fits better than that of Boost's own functions, so those are not in the way where they are included.
template <class Archive, class T>
requires(std::is_same_v<Archive, BoostWriter>&& std::is_class_v<T> &&
         // NOLINTNEXTLINE(performance-unnecessary-value-param): as Boost calls it
         !says_itself<T>) void serialize(Archive& archive, T& value, const boost::serialization::version_type) {
    archive << value;
}

template <class Archive, class M>
void save_part(Archive& archive, const M& part) {
    archive << part;
}

/// What belongs to the object that a unique_ptr leads to is written through the archive's pointers where it says itself
/// how it travels: then it may be of a derived class, and other pointers to it are found again.
template <class Archive, class T>
void save_owned(Archive& archive, Writer& writer, const std::unique_ptr<T>& value) {
    using Value = std::remove_const_t<T>;
    if constexpr (says_itself<Value>) {
        Value* const raw = const_cast<Value*>(value.get());
        archive << raw;
    } else {
        writer.byte(value ? 1 : 0);
        if (value) archive << *value;
    }
}

template <class Archive, class T>
void save_sequence(Archive& archive, Writer& writer, const T& values) {
    if constexpr (IsBoolVector<T>::value) {
        encode_bools(writer, values);
    } else {
        writer.size(values.size());
        if constexpr (goes_by_codec_as_bytes<typename T::value_type> && requires { values.data(); }) {
            encode_bytes(writer, values.data(), values.size());
        } else {
            for (const auto& value : values) archive << value;
        }
    }
}

template <class Archive, class T>
void save_parts(Archive& archive, Writer& writer, const T& value) {
    constexpr Form form = Shape<T>::form;
    if constexpr (form == Form::text) {
        writer.size(value.size());
        writer.raw(value.data(), value.size() * sizeof(typename T::value_type));
    } else if constexpr (form == Form::sequence || form == Form::set || form == Form::numbers) {
        save_sequence(archive, writer, value);
    } else if constexpr (form == Form::array) {
        if (value.empty()) writer.byte(0);
        for (const auto& element : value) archive << element;
    } else if constexpr (form == Form::product) {
        std::apply([&](const auto&... parts) { (save_part(archive, parts), ...); }, value);
    } else if constexpr (form == Form::optional) {
        writer.byte(value ? 1 : 0);
        if (value) archive << *value;
    } else if constexpr (form == Form::variant) {
        if (value.valueless_by_exception()) throw std::bad_variant_access();
        writer.size(value.index());
        std::visit([&](const auto& alternative) { archive << alternative; }, value);
    } else if constexpr (form == Form::map) {
        writer.size(value.size());
        for (const auto& [key, mapped] : value) archive << key << mapped;
    } else if constexpr (form == Form::pointer) {
        save_owned(archive, writer, value);
    } else {
        require_travels<T>();
        if constexpr (Travels<T>) {
            visit_members(value, [&](const auto&... members) { (save_part(archive, members), ...); });
        }
    }
}

}  // namespace hecaton::detail
