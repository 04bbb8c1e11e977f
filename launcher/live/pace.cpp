#include <launcher/live/pace.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include <launcher/base/figures.hpp>

namespace hecaton::launcher {
namespace {

constexpr double samples_of_a_call = 64;
constexpr double recent_part = 0.75;        // of the call's time is before its recent part
constexpr std::uint64_t several_items = 5;  // are enough to say how fast they are
constexpr double worth_a_spread = 1.25;

}  // namespace

std::string left_text(const TimeLeft& left) {
    if (left.high < 1.5) return "about 1 s left";
    const std::string low = time_text(left.low);
    const std::string high = time_text(left.high);
    if (low == high || left.high <= worth_a_spread * left.low)
        return fmt::format("about {} left", time_text((left.low + left.high) / 2));
    const auto unit = low.find(' ');
    const bool same = low.substr(unit) == high.substr(high.find(' '));
    return fmt::format("{} to {} left", same ? low.substr(0, unit) : low, high);
}

void Pace::add(double seconds, std::uint64_t items) {
    last_ = {seconds, items};
    if (seconds - samples_.back().first < seconds / samples_of_a_call) return;
    samples_.push_back(last_);
    // Of those that are older than the recent part only the newest is needed.
    while (samples_.size() > 1 && samples_[1].first <= recent_part * seconds) samples_.pop_front();
}

std::optional<double> Pace::recent_rate() const {
    const auto& [since, before] = samples_.front();
    if (last_.second < before + several_items || !(last_.first > since)) return std::nullopt;
    return static_cast<double>(last_.second - before) / (last_.first - since);
}

double Pace::rate() const {
    if (const auto recent = recent_rate()) return *recent;
    return last_.first > 0 ? static_cast<double>(last_.second) / last_.first : 0;
}

std::optional<TimeLeft> Pace::left(std::uint64_t items) const {
    if (last_.second < 2 || !(last_.first > 0)) return std::nullopt;
    const double all = static_cast<double>(items) * last_.first / static_cast<double>(last_.second);
    const auto recent = recent_rate();
    const double now = recent ? static_cast<double>(items) / *recent : all;
    const double noise = 1 / std::sqrt(static_cast<double>(last_.second));
    return TimeLeft{std::min(all, now) / (1 + noise), std::max(all, now) / (1 - noise)};
}

}  // namespace hecaton::launcher
