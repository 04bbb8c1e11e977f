// PieceList: pieces of a worker, in the order in which they were run. Cheap items share a piece.
#pragma once

#include <cstdint>
#include <hecaton/recording/events.hpp>
#include <span>
#include <utility>
#include <vector>

namespace hecaton::detail::recording {

class PieceList {
  public:
    /// Items that take so long, in ns, have a piece of their own.
    static constexpr std::int64_t long_item = 20'000;
    /// Cheaper ones share pieces up to this span.
    static constexpr std::int64_t longest_shared = 1'000'000;

    PieceList() = default;
    explicit PieceList(std::size_t most) : most_(most) {}

    /// It has just ended. Where there is no memory for it, or no room, it is counted as dropped, or shares a piece.
    void add(const Piece& piece) noexcept;
    /// Appends those of the other list, which is empty afterwards.
    void add(PieceList& others) noexcept;

    bool empty() const noexcept { return pieces_.empty(); }
    std::span<const Piece> pieces() const noexcept { return pieces_; }
    /// Since it was asked last.
    std::uint64_t take_dropped() noexcept { return std::exchange(dropped_, 0); }
    void clear() noexcept { pieces_.clear(); }

  private:
    void append(const Piece& piece, std::int64_t end) noexcept;
    void halve() noexcept;

    const std::size_t most_ = 32'768;
    std::vector<Piece> pieces_;
    std::int64_t last_end_ = 0;  // of the last one
    std::uint64_t dropped_ = 0;
};

}  // namespace hecaton::detail::recording
