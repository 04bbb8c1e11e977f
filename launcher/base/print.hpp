// Text of the launcher's own on standard output, outside of a run.
#pragma once

#include <string>

namespace hecaton::launcher {

/// Writes `text` at once. Returns 0, or 1 where that fails, and then says so on standard error.
int print(const std::string& text);

}  // namespace hecaton::launcher
