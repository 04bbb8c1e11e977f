#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <hecaton/foundation/error.hpp>
#include <hecaton/tasks/address_scan.hpp>

namespace hecaton::detail {
namespace {

bool mapped(std::uint64_t address) {
    static const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    unsigned char residency = 0;
    auto* start = reinterpret_cast<void*>(address & ~(page - 1));
    return ::mincore(start, 1, &residency) == 0 || errno != ENOMEM;
}

}  // namespace

void refuse_addresses(std::span<const std::byte> closure) {
    constexpr std::uint64_t lowest = std::uint64_t{1} << 32;
    constexpr std::uint64_t end_of_user_space = std::uint64_t{1} << 47;
    for (std::size_t at = 0; at + sizeof(std::uint64_t) <= closure.size(); at += sizeof(std::uint64_t)) {
        std::uint64_t word = 0;
        std::memcpy(&word, closure.data() + at, sizeof word);
        if (word < lowest || word >= end_of_user_space || !mapped(word)) continue;
        throw UsageError(fmt::format(
            "the callable captures an address of this process ({:#x}, at byte {} of the closure): a pointer, a span, a "
            "string_view or `this` means nothing on another rank. Capture values; for those that need serialising "
            "write "
            "hecaton::bind_front(f, words), for big ones pool.broadcast(words)",
            word, at));
    }
}

}  // namespace hecaton::detail
