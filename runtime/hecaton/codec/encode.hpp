// encode(): any C++ value to bytes, form by form.
#pragma once

#include <cstddef>
#include <cstdint>
#include <hecaton/codec/boost_writer.hpp>
#include <hecaton/codec/error_code.hpp>
#include <hecaton/codec/padding.hpp>
#include <hecaton/codec/stack.hpp>
#include <hecaton/codec/travels.hpp>
#include <hecaton/codec/writer.hpp>
#include <stdexcept>
#include <type_traits>

namespace hecaton::detail {

/// Appends `value`. Throws what the type's own serialize throws, and std::length_error for a value that is nested too
/// deeply for the stack; the writer then holds part of the value, see Writer::rollback.
template <class T>
void encode(Writer& writer, const T& value);

template <class T>
void encode_bytes(Writer& writer, const T* values, std::size_t count) {
    copy_without_padding(writer.grow_by(count * sizeof(T)), values, count);
}

/// Eight to a byte, the first in the lowest bit.
template <class V>
void encode_bools(Writer& writer, const V& values) {
    writer.size(values.size());
    unsigned byte = 0;
    std::size_t i = 0;
    for (const bool value : values) {
        byte |= (value ? 1U : 0U) << (i % 8);
        if (++i % 8 == 0) {
            writer.byte(static_cast<std::uint8_t>(byte));
            byte = 0;
        }
    }
    if (i % 8 != 0) writer.byte(static_cast<std::uint8_t>(byte));
}

template <class T>
void encode_elements(Writer& writer, const T& values) {
    for (const auto& value : values) encode(writer, value);
}

template <class T>
void encode_sequence(Writer& writer, const T& values) {
    if constexpr (IsBoolVector<T>::value) {
        encode_bools(writer, values);
    } else {
        writer.size(values.size());
        if constexpr (TravelsAsBytes<typename T::value_type> && requires { values.data(); }) {
            encode_bytes(writer, values.data(), values.size());
        } else {
            encode_elements(writer, values);
        }
    }
}

template <class T>
void encode_product(Writer& writer, const T& value) {
    if constexpr (std::tuple_size_v<T> == 0) {
        writer.byte(0);  // each value has a byte: a reader compares the number of elements with the bytes left
    } else {
        std::apply([&](const auto&... parts) { (encode(writer, parts), ...); }, value);
    }
}

template <class T>
void encode_variant(Writer& writer, const T& value) {
    if (value.valueless_by_exception()) throw std::bad_variant_access();
    writer.size(value.index());
    std::visit([&](const auto& alternative) { encode(writer, alternative); }, value);
}

template <class M>
void encode_member(Writer& writer, const M& member) {
    if constexpr (!std::is_array_v<M>) {
        encode(writer, member);
    } else if constexpr (TravelsAsBytes<std::remove_extent_t<M>>) {
        encode_bytes(writer, member, std::extent_v<M>);
    } else {
        for (const auto& element : member) encode_member(writer, element);
    }
}

template <class T>
void encode_members(Writer& writer, const T& value) {
    if constexpr (recursive<T>) check_nesting_to_encode();
    if constexpr (census<T>.members == 0) writer.byte(0);
    visit_members(value, [&writer](const auto&... members) { (encode_member(writer, members), ...); });
}

template <class T>
void encode_boost(Writer& writer, const T& value) {
    BoostWriter archive(writer);
    if constexpr (BoostConstructible<T>) {
        boost::serialization::save_construct_data_adl(archive, &value, boost::serialization::version<T>::value);
    }
    archive << value;
    archive.finish();
}

template <class T>
void encode_pointer(Writer& writer, const std::unique_ptr<T>& value) {
    if constexpr (BoostPointee<std::remove_const_t<T>>) {
        encode_boost(writer, value);
    } else {
        writer.byte(value ? 1 : 0);
        if (value) encode(writer, *value);
    }
}

template <class T>
void encode(Writer& writer, const T& value) {
    require_travels<T>();
    if constexpr (!Travels<T>) {  // refused above, with one error
    } else if constexpr (TravelsAsBytes<T>) {
        encode_bytes(writer, &value, 1);
    } else {
        constexpr Form form = Shape<T>::form;
        if constexpr (form == Form::text) {
            writer.size(value.size());
            writer.raw(value.data(), value.size() * sizeof(typename T::value_type));
        } else if constexpr (form == Form::path) {
            encode(writer, value.native());
        } else if constexpr (form == Form::directory_entry) {
            encode(writer, value.path());
        } else if constexpr (form == Form::error_code) {
            encode_error_code(writer, value);
        } else if constexpr (form == Form::pointer) {
            encode_pointer(writer, value);
        } else if constexpr (form == Form::sequence) {
            encode_sequence(writer, value);
        } else if constexpr (form == Form::numbers) {
            writer.size(value.size());
            if constexpr (TravelsAsBytes<typename T::value_type>) {
                if (value.size() != 0) encode_bytes(writer, &value[0], value.size());
            } else {
                encode_elements(writer, value);
            }
        } else if constexpr (form == Form::array) {
            if (value.empty()) writer.byte(0);
            encode_elements(writer, value);
        } else if constexpr (form == Form::product) {
            encode_product(writer, value);
        } else if constexpr (form == Form::optional) {
            writer.byte(value ? 1 : 0);
            if (value) encode(writer, *value);
        } else if constexpr (form == Form::variant) {
            encode_variant(writer, value);
        } else if constexpr (form == Form::map) {
            writer.size(value.size());
            for (const auto& [key, mapped] : value) {
                encode(writer, key);
                encode(writer, mapped);
            }
        } else if constexpr (form == Form::set) {
            writer.size(value.size());
            encode_elements(writer, value);
        } else if constexpr (goes_in_members<T>) {
            encode_members(writer, value);
        } else {
            encode_boost(writer, value);
        }
    }
}

}  // namespace hecaton::detail
