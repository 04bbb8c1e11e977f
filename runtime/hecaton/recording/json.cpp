#include <fmt/format.h>

#include <hecaton/recording/lines.hpp>

namespace hecaton::detail::recording {
namespace {

// How many bytes the UTF-8 character at the beginning of `text` has; 0: there is none.
std::size_t character_size(std::string_view text) {
    const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned first = byte(0);
    const std::size_t size = first < 0x80 ? 1 : first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (size == 1) return 1;
    if (first < 0xC2 || first > 0xF4 || text.size() < size) return 0;
    for (std::size_t i = 1; i < size; ++i)
        if ((byte(i) & 0xC0U) != 0x80) return 0;
    const unsigned second = byte(1);  // overlong forms, surrogates, and what is above U+10FFFF
    if ((first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F) || (first == 0xF0 && second < 0x90) ||
        (first == 0xF4 && second > 0x8F))
        return 0;
    return size;
}

// Stands for itself in a JSON string.
bool is_plain(char character) { return character >= 0x20 && character < 0x7F && character != '"' && character != '\\'; }

}  // namespace

void append_json(std::string& to, std::string_view text) {
    to += '"';
    while (!text.empty()) {
        std::size_t plain = 0;
        while (plain < text.size() && is_plain(text[plain])) ++plain;
        to += text.substr(0, plain);
        text.remove_prefix(plain);
        if (text.empty()) break;
        const std::size_t size = character_size(text);
        const char first = text.front();
        if (size == 0) {
            to += "\\ufffd";
        } else if (size > 1) {
            to += text.substr(0, size);
        } else if (first == '"' || first == '\\') {
            to += '\\';
            to += first;
        } else {
            fmt::format_to(std::back_inserter(to), "\\u{:04x}", static_cast<unsigned char>(first));
        }
        text.remove_prefix(size == 0 ? 1 : size);
    }
    to += '"';
}

}  // namespace hecaton::detail::recording
