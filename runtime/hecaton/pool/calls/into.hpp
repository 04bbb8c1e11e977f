// What map_into needs: a collector that puts results into memory that the caller keeps.
#pragma once

#include <cstddef>
#include <cstdint>
#include <hecaton/pool/calls/arguments.hpp>
#include <hecaton/pool/calls/collectors.hpp>
#include <hecaton/pool/calls/make_job.hpp>
#include <memory>
#include <span>
#include <type_traits>
#include <utility>

namespace hecaton::detail {

/// Throws UsageError: the memory is too small.
[[noreturn]] void refuse_small_memory(std::uint64_t items, std::uint64_t room);
/// Throws UsageError where the bytes of items and results overlap, unless each item lies at the place of its result: a
/// result could overwrite an item that is still to be run. Returns whether they lie apart.
bool lie_apart(std::span<const std::byte> items, std::span<const std::byte> results);

/// The memory for the results of a call.
template <class T>
struct Place {
    std::span<T> out;   ///< as long as there are items
    bool apart = true;  ///< no byte of the items lies there
};

/// Checks that the memory will do for those items, before any is run. Throws UsageError.
template <class T, class Arguments>
Place<T> place_for(std::span<T> out, const Arguments& arguments) {
    if (out.size() < arguments.size()) refuse_small_memory(arguments.size(), out.size());
    out = out.first(static_cast<std::size_t>(arguments.size()));
    const auto items = array_of_arguments(arguments, typename Arguments::wire{}, 0, arguments.size());
    return {.out = out, .apart = lie_apart(items, std::as_bytes(out))};
}

/// R becomes an element of T.
template <class R, class T>
inline constexpr bool has_place = std::is_convertible_v<R, T>&& std::is_assignable_v<T&, T>;

template <class R, class T>
consteval void require_place() {
    static_assert(has_place<R, T>,
                  "hecaton: map_into needs memory of what the callable returns, or of a type that this converts to; "
                  "for one that returns nothing use map");
}

/// The results of R, which become elements of T. Those that are plain bytes of the same type are written and received
/// right into their places, unless these may still be items.
template <class R, class T>
class CollectInto : public PlainCollector {
    static constexpr bool same_bytes = std::is_same_v<R, T> && TravelsAsBytes<R>;

  public:
    explicit CollectInto(const Place<T>& place) : place_(place) {}
    std::span<std::byte> in_place(std::uint64_t first, std::uint64_t count) requires(same_bytes) {
        if (!place_.apart) return {};
        return std::as_writable_bytes(place_.out.subspan(first, count));
    }
    void value(std::uint64_t i, R&& value) { place_.out[i] = static_cast<T>(std::move(value)); }
    std::span<T>& result() { return place_.out; }

  private:
    Place<T> place_;
};

/// Of map_into.
template <class T, class F, class Arguments>
auto make_into_job(F& f, Arguments arguments, const MapOptions& options, const Place<T>& place) {
    using Callable = std::decay_t<F>;
    require_call<Callable>(typename Arguments::wire{});
    using Result = result_for_t<Callable, Arguments>;
    require_place<Result, T>();
    if constexpr (call_accepted<Callable>(typename Arguments::wire{}) && has_place<Result, T>) {
        return make_collected_job<Callable, CollectInto<Result, T>>(f, std::move(arguments), options, place);
    } else {
        return std::shared_ptr<RefusedJob<std::span<T>&>>();
    }
}

}  // namespace hecaton::detail
