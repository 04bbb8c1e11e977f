#include <launcher/supervision/card.hpp>

#include <fmt/format.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <sstream>

#include <launcher/engines/mpirun_text.hpp>
#include <launcher/live/items.hpp>

namespace hecaton::launcher {
namespace {

constexpr std::size_t most_last_lines = 8;

std::vector<std::string> last_lines(const std::string& words) {
    std::vector<std::string> lines;
    std::istringstream stream(words);
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    if (lines.size() > most_last_lines) lines.erase(lines.begin(), lines.end() - most_last_lines);
    return lines;
}

// "SIGSEGV"; "signal 50" for one without a name.
std::string signal_name(int signal) {
    const char* name = ::sigabbrev_np(signal);
    return name ? fmt::format("SIG{}", name) : fmt::format("signal {}", signal);
}

std::string mend_of_start(int reason) {
    switch (reason) {
        case ENOENT:
            return "the program is there, but not the loader or the interpreter that it asks for; file says which";
        case ENOEXEC:
            return "it is no program for this kind of machine; file says what it is";
        case EAGAIN:
        case ENOMEM:
            return "no more processes or memory are left or allowed (ulimit -u, or the container's limit): start fewer "
                   "ranks";
        default:
            return "chmod +x makes it executable; is it built for that machine?";
    }
}

std::string likely_mend(const Rank& rank) {
    const auto& how = rank.how;
    if (rank.lost)
        return "the machine or its network is gone, or somebody killed the shim; see whether the host answers: hecaton "
               "doctor --hosts " +
               rank.hello.host;
    if (!how.fault.empty()) return "the rank is not to blame; run it again, and report it if it comes back";
    if (how.status == 127 && !how.problem.empty())
        return "the program has to be at the same path on every machine: copy it there, or use a shared folder";
    if (!how.problem.empty()) return mend_of_start(how.reason);
    if (how.hung) return "a debugger does not stop it in this way; --link-timeout says how long a rank may be stopped";
    if (how.out_of_memory)
        return "it needs more memory than there is: fewer ranks on a node (--ranks-per-node), or more memory for the "
               "job";
    switch (how.signal) {
        case SIGSEGV:
            if (how.full_stack)
                return "its stack was full: recursion that goes too deep, or large local variables; ulimit -s shows "
                       "the limit "
                       "and raises it";
            return "it used memory that is not its own";
        case SIGBUS:
            return "shared memory or a mapped file is full or was cut (df /dev/shm), or an address is misaligned";
        case SIGABRT:
            return "it gave up: an exception that nobody caught, or an assertion";
        case SIGFPE:
            return "a whole number was divided by zero";
        case SIGILL:
            return "it was built for another kind of processor: build without -march=native";
        case SIGKILL:
            return "somebody killed it: a person, the batch system at a limit, or the machine out of memory (dmesg "
                   "says)";
        case SIGTERM:
        case SIGINT:
        case SIGHUP:
            return "somebody asked this one rank to end; to end them all, ask hecaton";
        case SIGXCPU:
            return "its limit of processor time is used up: ulimit -t";
        case SIGXFSZ:
            return "its limit of file size is reached: ulimit -f";
        case SIGPIPE:
            return "it wrote to something that nobody reads any more";
        default:
            return {};
    }
}

// A debugger shows more.
bool is_fault(const Rank& rank) {
    if (rank.lost || !rank.how.problem.empty() || !rank.how.fault.empty()) return false;
    const int signal = rank.how.signal;
    return signal == SIGSEGV || signal == SIGBUS || signal == SIGABRT || signal == SIGFPE || signal == SIGILL;
}

}  // namespace

std::string how_it_ended(const Rank& rank) {
    const auto& how = rank.how;
    if (rank.lost) return "was lost: nothing more was heard of it, nor of the shim around it";
    if (!how.problem.empty()) return fmt::format("could not be started: {}", how.problem);
    if (!how.fault.empty()) return fmt::format("was killed, because the shim around it has failed: {}", how.fault);
    if (how.hung) return "was stopped (SIGSTOP), did not go on, and was killed";
    if (how.out_of_memory) return "was killed by the out-of-memory killer (signal 9, SIGKILL)";
    if (how.signal > 0)
        return fmt::format("was ended by signal {}, {} ({})", how.signal, signal_name(how.signal),
                           ::strsignal(how.signal));
    return fmt::format("ended with status {}{}", how.status, how.serving ? " while it served a pool" : "");
}

bool explained_itself(const Rank& rank) {
    return left_by_itself(rank) &&
           (rank.last_words.starts_with("hecaton: ") || rank.last_words.find("\nhecaton: ") != std::string::npos);
}

std::vector<std::string> crash_card(const RankTable& ranks, int number, const std::string& closer) {
    const Rank& rank = ranks.rank(number);
    std::vector<std::string> lines;
    const std::string pid = rank.hello.pid > 0 ? fmt::format("(pid {}) ", rank.hello.pid) : "";
    lines.push_back(
        fmt::format("rank {} of {} on {} {}{}", number, ranks.size(), rank.hello.host, pid, how_it_ended(rank)));
    if (rank.how.item.running) {
        const auto& item = rank.how.item;
        lines.push_back("  it was running " + describe(item) + (item.held == 0 ? "" : ", for " + time_in(item)));
    }
    // After an orderly exit they are just above: no rank was killed while others printed.
    const auto words =
        left_by_itself(rank) ? std::vector<std::string>() : last_lines(without_backtrace(rank.last_words));
    if (!words.empty()) lines.emplace_back("  its last lines on standard error:");
    for (const auto& word : words) lines.push_back("  | " + word);
    if (const auto mend = likely_mend(rank); !mend.empty()) lines.push_back("  " + mend);
    if (is_fault(rank) && !closer.empty()) lines.push_back("  to see where: " + closer);
    return lines;
}

}  // namespace hecaton::launcher
