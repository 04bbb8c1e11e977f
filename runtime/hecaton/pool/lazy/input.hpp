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
#include <type_traits>
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

inline constexpr std::uint64_t endless = std::numeric_limits<std::uint64_t>::max();

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
        return std::same_as<std::ranges::sentinel_t<View>, std::unreachable_sentinel_t> ? endless : 0;
    }

  private:
    View view_;
    std::optional<std::ranges::iterator_t<View>> at_;
    std::optional<std::ranges::sentinel_t<View>> end_;
};

/// How items with arguments of these types lie in a segment.
template <class... Wire>
struct SegmentItems {
    static constexpr bool as_records = record_arguments<Wire...>;
    static constexpr std::size_t record_size = (sizeof(Wire) + ... + 0);

    // An item that cannot be encoded goes as its error, and fails alone.
    static void append(ItemSegment& to, const Wire&... values) {
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
    template <class More, class AppendNext>
    static bool read(ItemSegment& to, std::uint64_t most, std::size_t most_bytes, More&& more,
                     AppendNext&& append_next) {
        if constexpr (as_records) to.record_size = record_size;
        for (; to.count < most && to.bytes.size() < most_bytes; ++to.count) {
            if (!more()) return false;
            append_next();
        }
        return true;
    }
};

/// The item itself where the range has such objects; made from a proxy or a value otherwise.
template <class View, class Reference>
decltype(auto) plain_item(Reference&& item) {
    using Item = std::ranges::range_value_t<View>;
    if constexpr (std::is_lvalue_reference_v<Reference> && std::is_same_v<std::remove_cvref_t<Reference>, Item>) {
        return static_cast<const Item&>(item);
    } else {
        return Item(std::forward<Reference>(item));
    }
}

/// Several ranges, walked together to the end of the shortest.
template <class... Views>
class LazyZip final : public LazyInput {
    template <class View>
    using Wire = travels_as_t<std::ranges::range_value_t<View>>;
    using Items = SegmentItems<Wire<Views>...>;

  public:
    explicit LazyZip(Views... views) : walks_(std::move(views)...) {}

    std::uint64_t items() const override {
        const std::uint64_t least = std::apply([](const auto&... walk) { return std::min({walk.items()...}); }, walks_);
        return least == endless ? 0 : least;
    }

    bool read(ItemSegment& to, std::uint64_t most, std::size_t most_bytes) override {
        return Items::read(
            to, most, most_bytes,
            [this] { return std::apply([](auto&... walk) { return (walk.advance() && ...); }, walks_); },
            [this, &to] {
                // What the items refer to lives until the end of this expression.
                std::apply(
                    [&to](auto&... walk) {
                        Items::append(to, as_wire<Wire<Views>>(plain_item<Views>(walk.item()))...);
                    },
                    walks_);
            });
    }

  private:
    std::tuple<LazyWalk<Views>...> walks_;
};

/// One range of tuples, each spread over the parameters of the callable.
template <class View, class Indices = std::make_index_sequence<std::tuple_size_v<std::ranges::range_value_t<View>>>>
class LazySpread;

template <class View, std::size_t... I>
class LazySpread<View, std::index_sequence<I...>> final : public LazyInput {
    template <std::size_t i>
    using Wire = travels_as_t<std::tuple_element_t<i, std::ranges::range_value_t<View>>>;
    using Items = SegmentItems<Wire<I>...>;

  public:
    explicit LazySpread(View view) : walk_(std::move(view)) {}

    std::uint64_t items() const override {
        const std::uint64_t items = walk_.items();
        return items == endless ? 0 : items;
    }

    bool read(ItemSegment& to, std::uint64_t most, std::size_t most_bytes) override {
        return Items::read(
            to, most, most_bytes, [this] { return walk_.advance(); },
            [this, &to] { append(to, plain_item<View>(walk_.item())); });
    }

  private:
    static void append(ItemSegment& to, [[maybe_unused]] const std::ranges::range_value_t<View>& item) {
        using std::get;
        Items::append(to, as_wire<Wire<I>>(get<I>(item))...);
    }

    LazyWalk<View> walk_;
};

/// What a lazy call reads: the types of an item's arguments as they travel, and the class that reads them.
template <class... Views>
struct ZippedLazily {
    using wire = TypeList<travels_as_t<std::ranges::range_value_t<Views>>...>;
    using input = LazyZip<Views...>;
};
template <class View, class...>  // there are no others
struct SpreadLazily {
    using wire = typename Spread<std::ranges::range_value_t<View>>::wire;
    using input = LazySpread<View>;
};
template <bool spread, class... Views>
using LazyInputOf = std::conditional_t<spread, SpreadLazily<Views...>, ZippedLazily<Views...>>;

}  // namespace hecaton::detail
