#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <hecaton/foundation/error.hpp>
#include <hecaton/tasks/address_scan.hpp>

extern "C" {
[[gnu::weak]] void __asan_init();
[[gnu::weak]] void __tsan_init();
}

namespace hecaton::detail {
namespace {

// Asks the kernel for something that cannot be, which it finds out after it has read the 8 bytes there. Memory
// that is mapped but cannot be read has no addresses of the program: sanitizers have areas of that kind.
bool readable(std::uint64_t address) {
    constexpr int no_such_operation = -1;
    constexpr std::size_t signals = 8;
    const void* where = reinterpret_cast<const void*>(address & ~std::uint64_t{signals - 1});
    return ::syscall(SYS_rt_sigprocmask, no_such_operation, where, nullptr, signals) == 0 || errno != EFAULT;
}

// Pairs of small numbers look like addresses of a sanitizer's shadow memory: terabytes can be read there, and nearly
// none of it was ever touched. Only under a sanitizer are untouched pages left out, for they may be a large array of
// the program. To be called before readable(), which touches them.
bool in_shadow_memory(std::uint64_t address) {
    static const bool sanitized = __asan_init != nullptr || __tsan_init != nullptr;
    if (!sanitized) return false;
    static const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    unsigned char resident = 1;
    void* start = reinterpret_cast<void*>(address & ~(page - 1));
    return ::mincore(start, 1, &resident) == 0 && (resident & 1U) == 0;
}

}  // namespace

void refuse_addresses(std::span<const std::byte> closure) {
    constexpr std::uint64_t lowest = std::uint64_t{1} << 32;
    constexpr std::uint64_t end_of_user_space = std::uint64_t{1} << 47;
    for (std::size_t at = 0; at + sizeof(std::uint64_t) <= closure.size(); at += sizeof(std::uint64_t)) {
        std::uint64_t word = 0;
        std::memcpy(&word, closure.data() + at, sizeof word);
        if (word < lowest || word >= end_of_user_space || in_shadow_memory(word) || !readable(word)) continue;
        throw UsageError(fmt::format(
            "the callable captures an address of this process ({:#x}, at byte {} of the closure): a pointer, a span, a "
            "string_view or `this` means nothing on another rank. Capture values; for those that need serialising "
            "write "
            "hecaton::bind_front(f, words), for big ones pool.broadcast(words)",
            word, at));
    }
}

}  // namespace hecaton::detail
