// LazyInput: the input of an imap, read item by item and encoded as it is read.
//
// The ranges are touched by the thread that calls or iterates only; what goes to other threads is the bytes of items in
// segments, each of which stays as it is once it has been given to the driver.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <hecaton/pool/calls/arguments.hpp>
#include <hecaton/pool/calls/segment.hpp>
#include <iterator>
#include <limits>
#include <optional>
#include <ranges>
#include <tuple>
#include <utility>

namespace hecaton::detail {

class LazyInput {
  public:
    virtual ~LazyInput() = default;
    /// How many items it has, where that can be known without reading it; else 0. Before the first read().
    virtual std::uint64_t items() const = 0;
    /// Appends up to `most` items, fewer once there are `most_bytes` bytes. False when the input has ended behind them.
    /// Throws what the input throws; the items read before are in the segment then. Not to be called again after
    /// either.
    virtual bool read(ItemSegment& to, std::uint64_t most, std::size_t most_bytes) = 0;
};

/// A position in one range, which is advanced only when the next item is wanted.
template <class View>
class LazyWalk {
  public:
    explicit LazyWalk(View view) : view_(std::move(view)) {}
    LazyWalk(LazyWalk&&) = delete;  // iterators may point into the view

    /// False at the end.
    bool advance() {
        if (at_) {
            ++*at_;
        } else {
            at_.emplace(std::ranges::begin(view_));
            end_.emplace(std::ranges::end(view_));
        }
        return *at_ != *end_;
    }
    decltype(auto) item() { return **at_; }
    /// How many there are; 0: nobody knows; the largest number: there is no end.
    std::uint64_t items() const {
        if constexpr (std::ranges::sized_range<const View>) return static_cast<std::uint64_t>(std::ranges::size(view_));
        return std::same_as<std::ranges::sentinel_t<View>, std::unreachable_sentinel_t>
                   ? std::numeric_limits<std::uint64_t>::max()
                   : 0;
    }

  private:
    View view_;
    std::optional<std::ranges::iterator_t<View>> at_;
    std::optional<std::ranges::sentinel_t<View>> end_;
};

/// Several ranges, walked together to the end of the shortest.
template <class... Views>
class LazyZip final : public LazyInput {
  public:
    explicit LazyZip(Views... views) : walks_(std::move(views)...) {}

    std::uint64_t items() const override {
        const std::uint64_t least = std::apply([](const auto&... walk) { return std::min({walk.items()...}); }, walks_);
        return least == std::numeric_limits<std::uint64_t>::max() ? 0 : least;
    }

    bool read(ItemSegment& to, std::uint64_t most, std::size_t most_bytes) override {
        if constexpr (as_records) to.record_size = record_size;
        for (; to.count < most && to.bytes.size() < most_bytes; ++to.count) {
            const bool more = std::apply([](auto&... walk) { return (walk.advance() && ...); }, walks_);
            if (!more) return false;
            // What the items refer to lives until the end of this expression.
            std::apply([&](auto&... walk) { encode_item(to, as_wire<Wire<Views>>(plain<Views>(walk.item()))...); },
                       walks_);
        }
        return true;
    }

  private:
    template <class View>
    using Item = std::ranges::range_value_t<View>;
    template <class View>
    using Wire = travels_as_t<Item<View>>;
    static constexpr bool as_records = record_arguments<Wire<Views>...>;
    static constexpr std::size_t record_size = (sizeof(Wire<Views>) + ...);

    // The item itself where the range has such objects; made from a proxy or a value otherwise.
    template <class View, class Reference>
    static decltype(auto) plain(Reference&& item) {
        if constexpr (std::is_lvalue_reference_v<Reference> &&
                      std::is_same_v<std::remove_cvref_t<Reference>, Item<View>>) {
            return static_cast<const Item<View>&>(item);
        } else {
            return Item<View>(std::forward<Reference>(item));
        }
    }

    // An item that cannot be encoded goes as its error, and fails alone.
    static void encode_item(ItemSegment& to, const Wire<Views>&... values) {
        if constexpr (as_records) {
            append_record_item(to.bytes, values...);
        } else {
            try {
                append_frame(to.bytes, values...);
            } catch (...) {
                append_failed_frame(to.bytes, current_exception_record(to.first + to.count, worker_context.rank));
            }
            to.ends.push_back(to.bytes.size());
        }
    }

    std::tuple<LazyWalk<Views>...> walks_;
};

}  // namespace hecaton::detail
