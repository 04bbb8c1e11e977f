#include <fmt/format.h>

#include <hecaton/collectives/scatter_by.hpp>

namespace hecaton::detail {

std::uint64_t checked_count(const Call& call, std::uint64_t count, bool negative) {
    if (negative)
        throw UsageError(
            fmt::format("{}: a count is {}: counts are 0 or more", call.name(), static_cast<std::int64_t>(count)));
    return count;
}

}  // namespace hecaton::detail
