// Ranks that do not come.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <set>

#include <launcher/supervision/supervisor.hpp>

namespace hecaton::launcher {
namespace {

constexpr int patience = 6;  // link timeouts without a further rank

}  // namespace

void Supervisor::expect_more() {
    missed_at_.reset();
    if (!missing_said_ && !ending_ && !ranks_.all_here())
        missed_at_ = clock::now() + patience * what_.options.link_timeout;
}

// mpirun may hang while it starts ranks. It may as well be slow, so nothing is ended.
void Supervisor::say_missing() {
    missing_said_ = true;
    const double seconds = patience * static_cast<double>(what_.options.link_timeout.count()) / 1'000;
    const std::string missing = ranks_.missing();
    std::set<std::string> hosts;
    for (int i = 0; i < ranks_.size(); ++i)
        if (ranks_.rank(i).here) hosts.insert(ranks_.rank(i).hello.host);
    if (hosts.empty())
        output_.say(fmt::format("{} has not started any rank in {:g} s; waiting on (Ctrl-C or --timeout end it)",
                                what_.engine, seconds));
    else
        output_.say(fmt::format(
            "{} has not started rank {}, {:g} s after the last of the others, on {}; waiting on (Ctrl-C or --timeout "
            "end it)",
            what_.engine, missing, seconds, fmt::join(hosts, ", ")));
}

}  // namespace hecaton::launcher
