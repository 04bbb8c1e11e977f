// LazyItems: the items of an imap that are read and not yet reported, as bytes by index.
#pragma once

#include <deque>
#include <hecaton/pool/calls/segment.hpp>
#include <span>

namespace hecaton::detail {

/// Belongs to the thread that drives.
class LazyItems {
  public:
    /// The items that follow those that are there.
    void add(ItemSegment segment);
    /// Items [first, first + count) where they lie; empty when they lie in several segments.
    std::span<const std::byte> in_place(std::uint64_t first, std::uint64_t count) const;
    void append(std::uint64_t first, std::uint64_t count, Buffer& to) const;
    /// Those items will not be asked for again. A segment goes when this was said of all its items; returns how many
    /// bytes went.
    std::size_t release(std::uint64_t first, std::uint64_t count);
    void clear() { segments_.clear(); }

  private:
    struct Held {
        ItemSegment segment;
        std::uint64_t unreported;
    };
    std::size_t find(std::uint64_t item) const;

    std::deque<Held> segments_;  // by rising index
};

}  // namespace hecaton::detail
