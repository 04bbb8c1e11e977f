#include <launcher/shim/rank_time.hpp>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <hecaton/job/job_time.hpp>
#include <string>

namespace hecaton::launcher {
namespace {

// Of a process that is not ours, the kernel tells a mask, in hexadecimal digits.
bool handles(pid_t process, int signal) {
    if (process <= 0) return false;
    std::ifstream status("/proc/" + std::to_string(process) + "/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("SigCgt:"))
            return (std::strtoull(line.c_str() + 7, nullptr, 16) >> static_cast<unsigned>(signal - 1) & 1U) != 0;
    return false;
}

}  // namespace

void tell_time(const link::Frame& frame, detail::ToldTime* told, pid_t rank) {
    if (frame.kind == link::Kind::warn && handles(rank, link::number(frame.body)))
        return signal_rank(rank, link::number(frame.body), told);
    if (told == nullptr) return;
    if (frame.kind == link::Kind::wind_up) told->wind_up();
    if (frame.kind != link::Kind::time_left) return;
    told->end_at(std::chrono::steady_clock::now() + std::chrono::milliseconds(link::long_number(frame.body)));
}

void signal_rank(pid_t rank, int signal, const detail::ToldTime* told) {
    const bool alone = signal == SIGUSR2 && told != nullptr && told->heeding_pid.load() == rank;
    ::kill(alone ? rank : -rank, signal);
}

}  // namespace hecaton::launcher
