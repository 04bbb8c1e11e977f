// Any C++ value to bytes, and back.
#pragma once

#include <cstddef>
#include <cstring>
#include <hecaton/codec/boost_reader.hpp>
#include <hecaton/codec/boost_writer.hpp>
#include <hecaton/codec/padding.hpp>
#include <hecaton/codec/reader.hpp>
#include <hecaton/codec/travels.hpp>
#include <hecaton/codec/writer.hpp>
#include <type_traits>

namespace hecaton::detail {

/// Appends `value`. Throws what the type's own serialize throws, and std::length_error for a value that is nested too
/// deeply for the stack; the writer then holds part of the value, see Writer::rollback.
template <class T>
void encode(Writer& writer, const T& value);

/// The value that encode<T> wrote. Whatever the bytes are: throws DecodeError, or what the type's own serialize throws,
/// never reads beyond the end, and allocates in proportion to the bytes that are left.
template <class T>
T decode(Reader& reader);

}  // namespace hecaton::detail

#include <hecaton/codec/decode.hpp>  // IWYU pragma: export
#include <hecaton/codec/encode.hpp>  // IWYU pragma: export
