#include <hecaton/codec/writer.hpp>

namespace hecaton::detail {

void Writer::long_size(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) byte(static_cast<std::uint8_t>(value | 0x80));
    byte(static_cast<std::uint8_t>(value));
}

}  // namespace hecaton::detail
