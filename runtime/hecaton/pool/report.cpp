#include <fmt/format.h>

#include <hecaton/pool/report.hpp>

namespace hecaton {
namespace {

std::string readable_time(double seconds) {
    if (seconds < 1e-6) return fmt::format("{:.0f} ns", seconds * 1e9);
    if (seconds < 1e-3) return fmt::format("{:.1f} us", seconds * 1e6);
    if (seconds < 1) return fmt::format("{:.1f} ms", seconds * 1e3);
    return fmt::format("{:.1f} s", seconds);
}

std::string readable_factor(double factor) {
    return factor < 9.95 ? fmt::format("{:.1f}", factor) : fmt::format("{:.0f}", factor);
}

}  // namespace

double Report::speedup() const noexcept { return wall_seconds > 0 ? serial_seconds / wall_seconds : 0; }
double Report::efficiency() const noexcept { return workers > 0 ? speedup() / workers : 0; }
double Report::imbalance() const noexcept {
    return serial_seconds > 0 && workers > 0 ? longest_seconds * workers / serial_seconds : 1;
}

std::string Report::verdict() const {
    if (items == 0 && restored != 0)
        return fmt::format("{} item{}: the journal had {}, so nothing was run", restored, restored == 1 ? "" : "s",
                           restored == 1 ? "it" : "all");
    if (items == 0) return "no items: nothing was run";
    const std::string what = fmt::format("{} item{} of {}", items, items == 1 ? "" : "s",
                                         readable_time(serial_seconds / static_cast<double>(items)));
    if (by_caller == items)
        return fmt::format("{}: too little work to share, so the root ran {} by itself", what,
                           items == 1 ? "it" : "all");
    const std::string ranks = fmt::format("{} rank{}", workers, workers == 1 ? "" : "s");
    const double without_core = waited_seconds > 0 ? waited_seconds / (waited_seconds + serial_seconds) : 0;
    const bool crowded = without_core >= 0.2;
    const std::string waits =
        crowded ? fmt::format("; ranks waited for a core {:.0f}% of their time", 100 * without_core) : "";
    if (speedup() >= 1.05)
        return fmt::format("{}: {} were {} times faster than one{}", what, ranks, readable_factor(speedup()), waits);
    if (speedup() >= 0.95) return fmt::format("{}: {} took as long as one would have{}", what, ranks, waits);
    const double slower = serial_seconds > 0 ? 1 / speedup() : wall_seconds * 1e9;
    if (crowded)
        return fmt::format("{}: {} took {} times as long as one with a core for itself{}", what, ranks,
                           readable_factor(slower), waits);
    const bool small_chunks = chunks > 0 && items / chunks <= 4 && items >= 1'000;
    return fmt::format("{}: the root alone would have been {} times faster; use a plain loop, or {}", what,
                       readable_factor(slower), small_chunks ? "larger chunks" : "put more work into an item");
}

}  // namespace hecaton
