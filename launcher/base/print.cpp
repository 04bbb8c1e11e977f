#include <launcher/base/print.hpp>

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <hecaton/foundation/log.hpp>

namespace hecaton::launcher {

int print(const std::string& text) {
    const bool written = std::fputs(text.c_str(), stdout) >= 0 && std::fflush(stdout) == 0;
    if (!written) detail::log::line(fmt::format("standard output: {}", std::strerror(errno)));
    return written ? 0 : 1;
}

}  // namespace hecaton::launcher
