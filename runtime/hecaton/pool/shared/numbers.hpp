// SharedNumbers: the numbers of the values that a pool has broadcast and not yet released.
#pragma once

#include <cstdint>
#include <mutex>
#include <unordered_set>

namespace hecaton::detail {

/// Any thread, at any time.
class SharedNumbers {
  public:
    /// They are of the pool with this number; no other pool of the job gives one of them.
    explicit SharedNumbers(std::uint64_t pool) noexcept : prefix_(pool << bits) {}

    /// A number's lowest bits count the pool's values, those above are the pool's number.
    static constexpr unsigned bits = 24;

    std::uint64_t pool() const noexcept { return prefix_ >> bits; }
    /// One that is not in use.
    std::uint64_t take();
    /// False when it was not in use. Of several threads that give one back, one is told true.
    bool give_back(std::uint64_t number) noexcept;
    /// All that are in use; none of them is, afterwards.
    std::unordered_set<std::uint64_t> give_back_all() noexcept;

  private:
    const std::uint64_t prefix_;
    std::mutex mutex_;
    std::uint64_t next_ = 0;
    std::unordered_set<std::uint64_t> used_;
};

}  // namespace hecaton::detail
