#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <hecaton/foundation/log.hpp>

namespace hecaton::detail::log {

// In one write, so that lines of several processes do not mix, and without memory, which may be what has run out.
void line(std::string_view text) noexcept {
    const auto part = [](std::string_view bytes) { return iovec{const_cast<char*>(bytes.data()), bytes.size()}; };
    const std::array parts{part("hecaton: "), part(text), part("\n")};
    [[maybe_unused]] const auto written = ::writev(STDERR_FILENO, parts.data(), static_cast<int>(parts.size()));
}

}  // namespace hecaton::detail::log
