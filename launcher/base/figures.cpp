#include <launcher/base/figures.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ctime>

namespace hecaton::launcher {
namespace {

bool is_number(const std::string& text) {
    return !text.empty() && text.find_first_not_of("0123456789.,") == std::string::npos;
}

}  // namespace

std::string local_time(double seconds_since_1970) {
    if (!(seconds_since_1970 > 0)) return "-";
    const auto seconds = static_cast<std::time_t>(seconds_since_1970);
    std::tm local{};
    std::array<char, 32> buffer{};
    ::localtime_r(&seconds, &local);
    return {buffer.data(), std::strftime(buffer.data(), buffer.size(), "%F %T", &local)};
}

std::string clock_time(double time, double now) {
    if (!(time > 0)) return "-";
    const std::string whole = local_time(time);
    return whole.substr(0, 10) == local_time(now).substr(0, 10) ? whole.substr(11, 5) : whole.substr(0, 16);
}

std::string size_text(std::uintmax_t bytes) {
    if (bytes < 1'000'000) return fmt::format("{:.0f} kB", static_cast<double>(bytes) / 1e3);
    if (bytes < 1'000'000'000) return fmt::format("{:.1f} MB", static_cast<double>(bytes) / 1e6);
    return fmt::format("{:.1f} GB", static_cast<double>(bytes) / 1e9);
}

std::string time_text(double seconds) {
    if (seconds < 179.5) return fmt::format("{:.0f} s", seconds);
    if (seconds < 179.5 * 60) return fmt::format("{:.0f} min", seconds / 60);
    return fmt::format("{:.1f} h", seconds / 3600);
}

std::string number_ranges(const std::vector<int>& numbers) {
    std::string text;
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        std::size_t last = i;
        while (last + 1 < numbers.size() && numbers[last + 1] == numbers[last] + 1) ++last;
        text += fmt::format("{}{}", text.empty() ? "" : ", ", numbers[i]);
        if (last > i) text += fmt::format("-{}", numbers[last]);
        i = last;
    }
    return text;
}

std::string counted(std::uint64_t count, const std::string& noun) {
    return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string hexadecimal(std::span<const std::byte> bytes) {
    std::string text;
    text.reserve(2 * bytes.size());
    for (const std::byte byte : bytes) text += fmt::format("{:02x}", static_cast<unsigned>(byte));
    return text;
}

std::string table(const std::vector<std::vector<std::string>>& lines) {
    std::vector<std::size_t> widths;
    for (const auto& line : lines) {
        widths.resize(std::max(widths.size(), line.size()));
        for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], line[i].size());
    }
    std::string text;
    for (const auto& line : lines) {
        std::string row;
        for (std::size_t i = 0; i < line.size(); ++i)
            row += is_number(line[i]) ? fmt::format("{:>{}}  ", line[i], widths[i])
                                      : fmt::format("{:<{}}  ", line[i], widths[i]);
        text += row.substr(0, row.find_last_not_of(' ') + 1) + "\n";
    }
    return text;
}

}  // namespace hecaton::launcher
