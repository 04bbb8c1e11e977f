#include <algorithm>
#include <hecaton/recording/events.hpp>

namespace hecaton::detail::recording {

// No half of a UTF-8 character stays at the end of one that is too long.
void Stretch::set_name(std::string_view name) noexcept {
    std::size_t size = std::min(name.size(), text.size());
    while (size < name.size() && size > 0 && (static_cast<unsigned char>(name[size]) & 0xC0U) == 0x80) --size;
    std::copy_n(name.begin(), size, text.begin());
    length = static_cast<std::uint16_t>(size);
}

}  // namespace hecaton::detail::recording
