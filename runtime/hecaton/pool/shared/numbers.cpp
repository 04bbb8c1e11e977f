#include <hecaton/foundation/error.hpp>
#include <hecaton/pool/shared/numbers.hpp>
#include <utility>

namespace hecaton::detail {

std::uint64_t SharedNumbers::take() {
    constexpr std::uint64_t most = std::uint64_t{1} << bits;
    const std::lock_guard lock(mutex_);
    if (used_.size() == most)
        throw UsageError("Pool::broadcast(): 16,777,216 values of this pool are in use; release() some of them");
    for (;;) {  // numbers come round again after so many broadcasts
        const std::uint64_t number = prefix_ + next_++ % most;
        if (used_.insert(number).second) return number;
    }
}

bool SharedNumbers::give_back(std::uint64_t number) noexcept {
    const std::lock_guard lock(mutex_);
    return used_.erase(number) != 0;
}

std::unordered_set<std::uint64_t> SharedNumbers::give_back_all() noexcept {
    const std::lock_guard lock(mutex_);
    return std::exchange(used_, {});
}

}  // namespace hecaton::detail
