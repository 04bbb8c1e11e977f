#include <hecaton/foundation/error.hpp>
#include <hecaton/pool/shared_in_process.hpp>

namespace hecaton::detail {

const void* shared_value_of_rank(std::uint64_t /*id*/,
                                 std::shared_ptr<const void> (* /*decode*/)(std::span<const std::byte>)) {
    throw UsageError(
        "a Shared value was used in an isolated item or a Process, which does not have it: give the value as an "
        "argument, or with hecaton::bind_front");
}

}  // namespace hecaton::detail
