// Arguments: where the items of a job come from, and how they become the bytes of a chunk.
//
// Each class here gives, for item i, the values that the callable is called with: one from each of several ranges
// (Zipped), the elements of a tuple (Spread). `wire` is the list of their types as they travel.
#pragma once

#include <cstring>
#include <hecaton/codec/codec.hpp>
#include <hecaton/pool/calls/source.hpp>
#include <hecaton/tasks/frames.hpp>
#include <hecaton/tasks/item_runner.hpp>
#include <hecaton/tasks/this_task.hpp>
#include <span>
#include <tuple>
#include <utility>

namespace hecaton::detail {

template <class... Ts>
struct TypeList {};

/// A value as the type that travels: a const char* or string_view becomes a std::string, everything else stays itself.
template <class Wire, class T>
decltype(auto) as_wire(const T& value) {
    if constexpr (std::is_same_v<Wire, T>) {
        return (value);
    } else {
        return Wire(value);
    }
}

template <class... Ts>
class Zipped {
  public:
    using wire = TypeList<travels_as_t<Ts>...>;

    Zipped(std::uint64_t size, Source<Ts>... sources) : size_(size), sources_(std::move(sources)...) {}
    std::uint64_t size() const noexcept { return size_; }

    template <class Use>
    void with_item(std::uint64_t i, Use&& use) const {
        std::apply([&](const auto&... source) { use(as_wire<travels_as_t<Ts>>(source[i])...); }, sources_);
    }
    /// The items as an array, where they are one.
    const void* array() const noexcept {
        if constexpr (sizeof...(Ts) == 1) {
            return std::get<0>(sources_).array();
        } else {
            return nullptr;
        }
    }

  private:
    std::uint64_t size_;
    std::tuple<Source<Ts>...> sources_;
};

template <class Tuple, class Indices = std::make_index_sequence<std::tuple_size_v<Tuple>>>
class Spread;

template <class Tuple, std::size_t... I>
class Spread<Tuple, std::index_sequence<I...>> {
  public:
    using wire = TypeList<travels_as_t<std::tuple_element_t<I, Tuple>>...>;

    explicit Spread(Source<Tuple> source) : source_(std::move(source)) {}
    std::uint64_t size() const noexcept { return source_.size(); }

    template <class Use>
    void with_item(std::uint64_t i, Use&& use) const {
        [[maybe_unused]] const Tuple& item = source_[i];
        using std::get;
        use(as_wire<travels_as_t<std::tuple_element_t<I, Tuple>>>(get<I>(item))...);
    }
    const void* array() const noexcept { return nullptr; }

  private:
    Source<Tuple> source_;
};

template <class Tuple>
Spread<Tuple> spread(Source<Tuple> source) {
    return Spread<Tuple>(std::move(source));
}

/// Walks all ranges up to the end of the shortest.
template <Lifetime lifetime, class... Ranges>
auto zip(Ranges&&... ranges) {
    require_no_literal<Ranges...>();
    std::size_t limit = shortest(ranges...);
    // Those that know their length first bound those that may have no end.
    std::tuple<Source<source_item_t<Ranges, lifetime>>...> sources;
    const auto take = [&limit]<class Range>(auto& source, Range&& range) {
        source = make_source<lifetime>(std::forward<Range>(range), limit);
        limit = std::min(limit, source.size());
    };
    std::apply([&](auto&... source) { (take(source, std::forward<Ranges>(ranges)), ...); }, sources);
    return std::apply([&](auto&... source) { return Zipped(limit, std::move(source)...); }, sources);
}

/// The bytes of an item's arguments, one behind the other.
template <class... Values>
void append_record_item(Buffer& to, const Values&... values) {
    const auto append = [&to](const auto& value) {
        using T = std::remove_cvref_t<decltype(value)>;
        alignas(T) std::byte copy[sizeof(T)];
        std::memcpy(copy, std::addressof(value), sizeof(T));
        clear_padding(*reinterpret_cast<T*>(copy));
        to.append(copy, sizeof(T));
    };
    (append(values), ...);
}

/// The bytes of items [first, first + count) where they lie, if they are an array of one trivially copyable type; else
/// empty.
template <class Arguments, class... Wire>
std::span<const std::byte> array_of_arguments(const Arguments& arguments, TypeList<Wire...>, std::uint64_t first,
                                              std::uint64_t count) {
    if constexpr (array_argument<Wire...>) {
        using T = std::tuple_element_t<0, std::tuple<Wire...>>;
        if (const void* array = arguments.array())
            return {static_cast<const std::byte*>(array) + first * sizeof(T), count * sizeof(T)};
    }
    return {};
}

/// Appends items [first, first + count) as a chunk. An item that cannot be encoded is appended as its error.
template <class Arguments, class... Wire>
void append_arguments(const Arguments& arguments, TypeList<Wire...>, std::uint64_t first, std::uint64_t count,
                      Buffer& to) {
    if constexpr (record_arguments<Wire...>) {
        to.reserve(to.size() + count * (sizeof(Wire) + ... + 0));
        for (std::uint64_t i = first; i < first + count; ++i)
            arguments.with_item(i, [&to](const Wire&... values) { append_record_item(to, values...); });
    } else {
        for (std::uint64_t i = first; i < first + count; ++i) {
            try {
                arguments.with_item(i, [&to](const Wire&... values) { append_frame(to, values...); });
            } catch (...) {
                append_failed_frame(to, current_exception_record(i, worker_context.rank));
            }
        }
    }
}

}  // namespace hecaton::detail
