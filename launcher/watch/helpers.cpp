#include <launcher/watch/helpers.hpp>

#include <csignal>

#include <launcher/cleanup/orphans.hpp>

namespace hecaton::launcher {
namespace {

constexpr auto own_end = std::chrono::seconds(1);

}  // namespace

void Helpers::end(time now, bool hurry, bool unexpected) {
    const auto waited = now - ended_at_;
    if (waited < own_end && !hurry) return;
    const bool kill_them = waited > own_end + grace_;
    if (asked_ && !kill_them) return;
    if (!asked_ && !hurry && unexpected) outlived_by_ = names_of_children();
    asked_ = true;
    signal_children(kill_them ? SIGKILL : SIGTERM);
}

}  // namespace hecaton::launcher
