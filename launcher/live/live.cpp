#include <launcher/live/live.hpp>

#include <unistd.h>

#include <hecaton/foundation/host.hpp>
#include <utility>

#include <launcher/base/clock.hpp>

namespace hecaton::launcher {
namespace {

constexpr auto between_watches = std::chrono::seconds(1);

std::uint64_t seconds_now() { return static_cast<std::uint64_t>(launcher::now()); }

}  // namespace

Live::Live(ProgressDisplay shown, std::vector<std::string> command, Watcher watcher)
    : progress(std::move(shown)),
      run_{.pid = ::getpid(), .host = detail::host::name(), .command = std::move(command), .started = seconds_now()},
      watcher_(std::move(watcher)) {}

bool Live::anybody_asks(time now) {
    if (watcher_.wants && now >= next_watch_) {
        next_watch_ = now + between_watches;
        watched_ = watcher_.wants();
    }
    return (socket_.anybody_asks() || watched_) && !inquiry.next_time();
}

void Live::answer(const std::vector<RankItem>& items, int ranks) {
    if (inquiry.aloud()) {
        for (const auto& call : inquiry.calls()) lines_.push_back(call_line(call));
        for (auto& line : items_now(items)) lines_.push_back(std::move(line));
    }
    tell(items, ranks);
}

std::vector<std::string> Live::take_lines() {
    for (auto& line : progress.take_lines()) lines_.push_back(std::move(line));
    return std::exchange(lines_, {});
}

void Live::tell(const std::vector<RankItem>& items, int ranks) {
    if (!socket_.anybody_asks() && !watched_) return;
    Snapshot now = run_;
    now.taken = seconds_now();
    now.ranks = ranks;
    now.alive = static_cast<int>(items.size());
    now.items = busy_ranks(items);
    now.busy = static_cast<int>(now.items.size());
    for (const auto& call : inquiry.calls()) now.calls.push_back(call.call);
    const std::string text = encode(now) + "\n";
    socket_.answer(text);
    if (std::exchange(watched_, false)) watcher_.told(text);
}

}  // namespace hecaton::launcher
