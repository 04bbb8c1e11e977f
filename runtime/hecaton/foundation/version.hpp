// The version of the library that the program runs with (it may be newer than the headers it was compiled against).
#pragma once

namespace hecaton {

/// For example "0.1.0".
const char* version() noexcept;

}  // namespace hecaton
