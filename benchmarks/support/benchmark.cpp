#include <fmt/core.h>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <string_view>
#include <support/benchmark.hpp>
#include <utility>
#include <vector>

namespace benchmark {
namespace {

struct Unit {
    double size;
    std::string_view name;
};

// In the largest unit of which there is at least one; units go from large to small.
template <std::size_t Count>
std::string in_units(double value, const Unit (&units)[Count]) {
    const auto* unit = std::ranges::find_if(units, [&](const Unit& u) { return value >= u.size; });
    if (unit == std::end(units)) --unit;
    return fmt::format("{:.3g} {}", value / unit->size, unit->name);
}

}  // namespace

double median(std::vector<double> values) {
    if (values.empty()) return 0;
    std::ranges::sort(values);
    const std::size_t half = values.size() / 2;
    return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

Comparison compare(const std::vector<double>& ours, const std::vector<double>& peer) {
    if (ours.size() != peer.size()) throw std::invalid_argument("benchmark::compare: not as many of ours as of peer");
    std::vector<double> ratios;
    for (std::size_t i = 0; i < ours.size(); ++i) ratios.push_back(ours[i] / peer[i]);
    return {.ours = median(ours), .peer = median(peer), .ratio = median(std::move(ratios))};
}

void report(const Row& row) {
    fmt::print("{:>2}  {}: {}", row.question, row.what, row.ours);
    if (!row.peer.empty()) fmt::print(" against {}", row.peer);
    if (!row.target.empty()) fmt::print("; {:.3g}, {} {}", row.figure, row.target, row.met ? "(met)" : "(MISSED)");
    if (!row.note.empty()) fmt::print("; {}", row.note);
    fmt::print("\n");
    std::fflush(stdout);

    const char* name = std::getenv("HECATON_BENCHMARK_JSON");
    if (name == nullptr || *name == '\0') return;
    const nlohmann::ordered_json json = {{"question", row.question}, {"what", row.what},     {"ours", row.ours},
                                         {"peer", row.peer},         {"figure", row.figure}, {"target", row.target},
                                         {"met", row.met},           {"note", row.note}};
    std::ofstream file(name, std::ios::app);
    file << json.dump() + "\n" << std::flush;
    if (!file) throw std::runtime_error(fmt::format("cannot write to {} (HECATON_BENCHMARK_JSON)", name));
}

std::string time_text(double seconds) {
    return in_units(seconds, {{1, "s"}, {1e-3, "ms"}, {1e-6, "us"}, {1e-9, "ns"}});
}

std::string rate_text(double per_second) {
    return in_units(per_second, {{1e9, "G/s"}, {1e6, "M/s"}, {1e3, "k/s"}, {1, "/s"}});
}

}  // namespace benchmark
