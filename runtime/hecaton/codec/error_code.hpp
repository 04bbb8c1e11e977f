// A std::error_code as a value: its number and the name of its category, which are the same in each process.
#pragma once

#include <hecaton/codec/reader.hpp>
#include <hecaton/codec/writer.hpp>
#include <string_view>
#include <system_error>

namespace hecaton::detail {

/// The standard library's category of this name; null when it has none.
const std::error_category* standard_category(std::string_view name) noexcept;

void encode_error_code(Writer& writer, const std::error_code& code);
/// Throws a DecodeError that names the category when it is not one of the standard library's.
std::error_code decode_error_code(Reader& reader);

}  // namespace hecaton::detail
