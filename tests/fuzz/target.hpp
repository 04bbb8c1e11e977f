// What a fuzz target defines, and what all of them share. A target decodes bytes that may be anything; a finding is a
// crash, a report of a sanitizer, a time-out, too much memory, or an exception that is not derived from std::exception.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hecaton::fuzz {

/// Passes the bytes to the code under test. Exceptions derived from std::exception may leave it.
void run(std::span<const std::byte> bytes);

/// Real encodings to begin with: `fuzz_NAME --seeds FOLDER` writes them, one file each.
std::vector<std::string> seeds();

/// Ends the program, which is a finding, unless `holds`.
inline void require(bool holds) {
    if (!holds) std::abort();
}

inline std::string_view text(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace hecaton::fuzz
