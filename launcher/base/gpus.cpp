#include <launcher/base/gpus.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <filesystem>
#include <optional>

#include <launcher/base/files.hpp>
#include <launcher/base/refusal.hpp>

namespace hecaton::launcher {
namespace {

namespace fs = std::filesystem;
using detail::launch::Variables;

constexpr const char* cuda = "CUDA_VISIBLE_DEVICES";
constexpr const char* rocr = "ROCR_VISIBLE_DEVICES";
constexpr const char* one_api = "ZE_AFFINITY_MASK";
constexpr std::array visible{rocr, cuda, "HIP_VISIBLE_DEVICES", "GPU_DEVICE_ORDINAL", one_api};
constexpr std::array given_by_slurm{"SLURM_STEP_GPUS", "SLURM_JOB_GPUS"};
constexpr int most = 4'096;  // devices of a machine; a longer range is a mistake

std::optional<int> number_of(std::string_view text) {
    int number = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (problem != std::errc() || end != text.data() + text.size() || number < 0) return std::nullopt;
    return number;
}

// "0,2-3" or "GPU-8a5f,..."; ends before a word for "none".
std::vector<std::string> devices_in(std::string_view list) {
    std::vector<std::string> found;
    while (!list.empty()) {
        const auto comma = std::min(list.find(','), list.size());
        const std::string_view word = list.substr(0, comma);
        list.remove_prefix(std::min(comma + 1, list.size()));
        if (word.empty() || word.starts_with('-') || word == "NoDevFiles" || word == "none" || word == "void") break;
        const auto dash = word.find('-');
        const auto first = number_of(word.substr(0, dash));
        const auto last = dash == std::string_view::npos ? std::nullopt : number_of(word.substr(dash + 1));
        if (!first || !last) {
            found.emplace_back(word);
            continue;
        }
        for (int i = *first; i <= std::min(*last, *first + most); ++i) found.push_back(std::to_string(i));
    }
    return found;
}

std::vector<std::string> numbers(std::size_t count) {
    std::vector<std::string> list(count);
    for (std::size_t i = 0; i < count; ++i) list[i] = std::to_string(i);
    return list;
}

bool is_numbered(std::string_view file, std::string_view name) {
    return file.starts_with(name) && number_of(file.substr(name.size()));
}

// The render nodes of one maker of cards.
std::size_t render_nodes(const fs::path& root, std::string_view vendor) {
    return static_cast<std::size_t>(std::ranges::count_if(entries_of(root / "dev/dri"), [&](const fs::path& node) {
        const std::string file = node.filename();
        return is_numbered(file, "renderD") &&
               text_of(root / "sys/class/drm" / file / "device/vendor").starts_with(vendor);
    }));
}

bool has_rocm(const fs::path& root) {
    std::error_code ignored;
    return fs::exists(root / "dev/kfd", ignored);
}

// A machine with cards of NVIDIA or AMD for computing often has one of Intel for its screen.
Gpus gpus_in_dev(const fs::path& root) {
    const auto nvidia =
        static_cast<std::size_t>(std::ranges::count_if(entries_of(root / "dev"), [](const fs::path& file) {
            return is_numbered(file.filename().string(), "nvidia");
        }));
    if (nvidia > 0) return {.lists = {{cuda, numbers(nvidia)}}, .source = "/dev/nvidia*"};
    const std::size_t amd = has_rocm(root) ? render_nodes(root, "0x1002") : 0;
    if (amd > 0) return {.lists = {{rocr, numbers(amd)}}, .source = "/dev/kfd and /dev/dri/renderD*"};
    const std::size_t intel = render_nodes(root, "0x8086");
    if (intel > 0) return {.lists = {{one_api, numbers(intel)}}, .source = "/dev/dri/renderD*"};
    return {};
}

}  // namespace

int Gpus::count() const {
    std::size_t least = lists.empty() ? 0 : lists.front().devices.size();
    for (const auto& list : lists) least = std::min(least, list.devices.size());
    return static_cast<int>(least);
}

Gpus gpus(const Variables& environment) {
    const std::string pretended(detail::launch::value(environment, "HECATON_PRETEND_GPUS"));
    const fs::path root = pretended.empty() ? "/" : pretended;
    Gpus found;
    const auto add_source = [&](const char* variable) {
        found.source += fmt::format("{}{}={}", found.source.empty() ? "" : ", ", variable,
                                    detail::launch::value(environment, variable));
    };
    for (const char* variable : visible) {
        if (!environment.contains(variable)) continue;
        found.lists.push_back({variable, devices_in(detail::launch::value(environment, variable))});
        add_source(variable);
    }
    if (!found.lists.empty()) {
        found.behind_rocr = found.lists.front().variable == rocr && has_rocm(root);
        return found;
    }
    Gpus in_dev = gpus_in_dev(root);
    for (const char* variable : given_by_slurm) {
        if (detail::launch::value(environment, variable).empty()) continue;
        const std::string kind = in_dev.lists.empty() ? cuda : in_dev.lists.front().variable;
        found.lists.push_back({kind, devices_in(detail::launch::value(environment, variable))});
        add_source(variable);
        return found;
    }
    return in_dev;
}

std::vector<std::pair<std::string, std::string>> share_of(const Gpus& found, int place, int each) {
    if (place < 0 || each < 1 || (static_cast<long>(place) + 1) * each > found.count()) return {};
    std::vector<std::pair<std::string, std::string>> share;
    for (const auto& [variable, devices] : found.lists) {
        const bool relative = found.behind_rocr && variable != rocr && variable != one_api;
        const auto begin = devices.begin() + static_cast<std::ptrdiff_t>(place) * each;
        const std::vector<std::string> mine =
            relative ? numbers(static_cast<std::size_t>(each)) : std::vector<std::string>(begin, begin + each);
        share.emplace_back(variable, fmt::format("{}", fmt::join(mine, ",")));
    }
    return share;
}

std::string too_few_gpus(int ranks, int each, const std::string& machine, int count) {
    const long needed = static_cast<long>(ranks) * each;
    return fmt::format(
        "--gpus-per-rank {}: {} {} on {} {} {} {}, and it has {}: start fewer ranks on it, or give each fewer", each,
        ranks, ranks == 1 ? "rank" : "ranks", machine, ranks == 1 ? "needs" : "need", needed,
        needed == 1 ? "GPU" : "GPUs", count);
}

void refuse_too_few_gpus(int ranks, int each, const std::string& machine, int count) {
    if (static_cast<long>(ranks) * each > count)
        throw Refusal(wrong_command_line, too_few_gpus(ranks, each, machine, count));
}

}  // namespace hecaton::launcher
