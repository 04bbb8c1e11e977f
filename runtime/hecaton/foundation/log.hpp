// What hecaton says on standard error: whole lines that begin with "hecaton: ".
#pragma once

#include <string_view>

namespace hecaton::detail::log {

/// Writes "hecaton: <text>\n" to standard error in one write, so that lines of several ranks do not mix.
void line(std::string_view text) noexcept;

}  // namespace hecaton::detail::log
