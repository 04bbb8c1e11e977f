#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <hecaton/foundation/host.hpp>
#include <hecaton/foundation/log.hpp>

#include <launcher/hosts/fetch.hpp>
#include <launcher/root_recording.hpp>

namespace hecaton::launcher {

void RootRecording::is_on(const std::string& other_host) {
    if (here.empty() || other_host.empty()) return;
    host = other_host;
    const auto now = std::chrono::system_clock::now().time_since_epoch().count();
    there = fmt::format("/tmp/hecaton-{}-{}-{}-{:x}.recording", ::getuid(), detail::host::name(), ::getpid(), now);
}

void RootRecording::tell(std::vector<std::pair<std::string, std::string>>& environment) const {
    if (!here.empty()) environment.emplace_back("HECATON_RECORDING", host.empty() ? here : there);
}

bool RootRecording::fetch() const {
    if (here.empty() || host.empty()) return true;
    const auto problem = fetch_file(ssh, host, there, here);
    if (!problem.empty())
        detail::log::line(
            fmt::format("the recording could not be brought from {} ({}); it is {} there", host, problem, there));
    return problem.empty();
}

}  // namespace hecaton::launcher
