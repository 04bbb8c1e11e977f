// Work for items: arithmetic that takes as long as it is told to, without looking at a clock.
#pragma once

#include <cstdint>

namespace benchmark {

// A chain of multiplications that no compiler shortens; a step takes about a nanosecond.
std::uint64_t work(std::uint64_t steps);

// How many steps take so long on this core, as it is now.
std::uint64_t steps_for(double seconds);

}  // namespace benchmark
