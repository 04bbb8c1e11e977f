#include <launcher/shim/crowding.hpp>

#include <algorithm>
#include <hecaton/foundation/affinity.hpp>
#include <hecaton/launch/place.hpp>

namespace hecaton::launcher {
namespace {

constexpr std::chrono::nanoseconds slack_of_one{50'000};  // the kernel's own
constexpr std::chrono::milliseconds goodbye_of_one{50};

template <class Time>
Time for_each_on_a_core(Time time, const Crowding& here) {
    return here.crowded() ? time * here.ranks / here.cores : Time(0);
}

}  // namespace

Crowding crowding_here() {
    Crowding found;
    found.ranks = std::max(1, detail::launch::place_by_engine(detail::launch::variables()).local_size);
    found.cores = std::max(1, static_cast<int>(detail::affinity::cpus().size()));
    return found;
}

std::chrono::nanoseconds timer_slack(const Crowding& here) { return for_each_on_a_core(slack_of_one, here); }

std::chrono::milliseconds time_for_goodbye(const Crowding& here) { return for_each_on_a_core(goodbye_of_one, here); }

}  // namespace hecaton::launcher
