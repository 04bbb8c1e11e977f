#include <fmt/format.h>

#include <cstdint>
#include <hecaton/foundation/error.hpp>
#include <hecaton/pool/options.hpp>
#include <tuple>
#include <utility>

namespace hecaton::detail {
namespace {

// All members: one more in MapOptions does not compile until it is here.
auto all_options(MapOptions& options) {
    auto& [chunk_size, timeout, attempts, isolate, progress, buffer_size, name, cost, seed, journal, version, on_error,
           keep_on_interrupt] = options;
    return std::tie(chunk_size, timeout, attempts, isolate, progress, buffer_size, name, cost, seed, journal, version,
                    on_error, keep_on_interrupt);
}

template <class T>
void change(T& option, T& to, const T& by_default) {
    if (!(to == by_default)) option = std::move(to);
}
void change(std::function<double(std::size_t)>& option, std::function<double(std::size_t)>& to,
            const std::function<double(std::size_t)>& /*empty*/) {
    if (to) option = std::move(to);
}

}  // namespace

MapOptions changed_options(MapOptions options, MapOptions changes) {
    MapOptions defaults;
    std::apply(
        [&](auto&... option) {
            std::apply(
                [&](auto&... to) {
                    std::apply([&](auto&... by_default) { (change(option, to, by_default), ...); },
                               all_options(defaults));
                },
                all_options(changes));
        },
        all_options(options));
    return options;
}

void check_options(const MapOptions& options) {
    const auto refuse_above = [](const char* option, std::size_t value) {
        if (value > static_cast<std::size_t>(PTRDIFF_MAX))
            throw UsageError(fmt::format(
                "MapOptions::{} is {}, above what any input can have: was it a negative number?", option, value));
    };
    refuse_above("chunk_size", options.chunk_size);
    refuse_above("buffer_size", options.buffer_size);
    if (options.attempts < 1)
        throw UsageError(fmt::format("MapOptions::attempts is {}: an item is run at least once", options.attempts));
    if (!(options.timeout.count() >= 0))  // also when it is no number
        throw UsageError(fmt::format("MapOptions::timeout is {} s: give the seconds that an item may take, or 0",
                                     options.timeout.count()));
}

std::optional<ItemIsolation> isolation_of(const MapOptions& options) noexcept {
    constexpr std::chrono::duration<double> longest(1e9);
    ItemIsolation isolation{.attempts = static_cast<std::uint32_t>(options.attempts), .timeout = {}};
    if (options.timeout.count() <= 0) return options.isolate ? std::optional(isolation) : std::nullopt;
    if (options.timeout <= longest) isolation.timeout = std::chrono::ceil<std::chrono::nanoseconds>(options.timeout);
    return isolation;
}

}  // namespace hecaton::detail
