// Cases that need gigabytes of memory.
#pragma once

#include <cstdint>
#include <fstream>
#include <string>
#include <support/skip.hpp>

namespace hecaton::test {

/// Whether so much memory is available; where it is not, the case counts as skipped.
inline bool memory_for(int gibibytes) {
    std::ifstream file("/proc/meminfo");
    for (std::string word; file >> word;) {
        std::uint64_t kilobytes = 0;
        if (word == "MemAvailable:" && file >> kilobytes && kilobytes >> 20U >= static_cast<unsigned>(gibibytes))
            return true;
    }
    skip("needs " + std::to_string(gibibytes) + " GiB of memory");
    return false;
}

}  // namespace hecaton::test
