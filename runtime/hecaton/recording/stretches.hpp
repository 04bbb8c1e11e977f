// StretchList: named stretches of a process's time, in bounded memory.
#pragma once

#include <cstdint>
#include <hecaton/recording/events.hpp>
#include <utility>
#include <vector>

namespace hecaton::detail::recording {

/// One thread at a time.
class StretchList {
  public:
    explicit StretchList(std::size_t most = 16'384) : most_(most) {}

    /// Where there is no room, the shorter half of all is dropped.
    void add(const Stretch& stretch) noexcept;
    bool empty() const noexcept { return stretches_.empty() && dropped_ == 0; }
    std::vector<Stretch> take() noexcept { return std::exchange(stretches_, {}); }
    /// Since it was asked last.
    std::uint64_t take_dropped() noexcept { return std::exchange(dropped_, 0); }

  private:
    void drop_shorter_half();

    const std::size_t most_;
    std::vector<Stretch> stretches_;
    std::uint64_t dropped_ = 0;
};

}  // namespace hecaton::detail::recording
