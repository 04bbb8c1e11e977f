#include <unistd.h>

#include <hecaton/foundation/log.hpp>
#include <string>

namespace hecaton::detail::log {

void line(std::string_view text) noexcept {
    try {
        std::string whole = "hecaton: ";
        whole.append(text).push_back('\n');
        [[maybe_unused]] const auto written = ::write(STDERR_FILENO, whole.data(), whole.size());
    } catch (...) {  // no memory for the text: there is nobody left to tell
    }
}

}  // namespace hecaton::detail::log
