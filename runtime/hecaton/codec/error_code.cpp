#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <future>
#include <hecaton/codec/error_code.hpp>
#include <ios>
#include <string>

namespace hecaton::detail {

const std::error_category* standard_category(std::string_view name) noexcept {
    for (const std::error_category* category :
         {&std::generic_category(), &std::system_category(), &std::iostream_category(), &std::future_category()})
        if (name == category->name()) return category;
    return nullptr;
}

void encode_error_code(Writer& writer, const std::error_code& code) {
    const int value = code.value();
    const std::string_view name = code.category().name();
    writer.raw(&value, sizeof value);
    writer.size(name.size());
    writer.raw(name.data(), name.size());
}

std::error_code decode_error_code(Reader& reader) {
    int value = 0;
    std::memcpy(&value, reader.take(sizeof value), sizeof value);
    const std::size_t length = reader.count(1);
    const std::string_view name(reinterpret_cast<const char*>(reader.take(length)), length);
    if (const std::error_category* category = standard_category(name)) return {value, *category};
    std::string shown(name.substr(0, 100));  // it may be anything
    std::replace_if(
        shown.begin(), shown.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
    const std::string text = fmt::format(
        "an error_code of the category \"{}\" cannot travel, only those of the standard library can: "
        "send its value() and its message()",
        shown);
    reader.fail(text.c_str());
}

}  // namespace hecaton::detail
