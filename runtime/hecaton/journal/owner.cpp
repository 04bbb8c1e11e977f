#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <hecaton/foundation/host.hpp>
#include <hecaton/journal/owner.hpp>
#include <hecaton/journal/refusal.hpp>
#include <iterator>
#include <sstream>
#include <utility>

namespace hecaton::detail::journal {

namespace {

std::string first_word(const std::string& file) {
    std::string word;
    std::ifstream(file) >> word;
    return word;
}

std::string link_of(const char* path) {
    std::array<char, 256> buffer{};
    const ssize_t length = ::readlink(path, buffer.data(), buffer.size());
    return length > 0 ? std::string(buffer.data(), static_cast<std::size_t>(length)) : std::string();
}

// The 22nd field of its stat, counted behind the name, which may have spaces and brackets. Empty where there is none.
std::string start_of(pid_t pid) {
    std::ifstream file(fmt::format("/proc/{}/stat", pid));
    const std::string all{std::istreambuf_iterator<char>(file), {}};
    const auto name_end = all.rfind(')');
    if (name_end == std::string::npos) return {};
    std::istringstream fields(all.substr(name_end + 1));
    std::string field;
    for (int number = 3; number <= 22; ++number) fields >> field;
    return field;
}

bool zombie(pid_t pid) {
    std::ifstream file(fmt::format("/proc/{}/stat", pid));
    const std::string all{std::istreambuf_iterator<char>(file), {}};
    const auto name_end = all.rfind(')');
    return name_end != std::string::npos && all.substr(name_end, 3) == ") Z";
}

std::string batch_job() {
    for (const char* name : {"SLURM_JOB_ID", "PBS_JOBID", "LSB_JOBID", "FLUX_JOB_ID", "JOB_ID"})
        if (const char* value = std::getenv(name); value != nullptr && *value != '\0') return value;
    return {};
}

}  // namespace

Owner Owner::self(const std::string& run) {
    Owner owner;
    owner.host = host::name();
    owner.machine = first_word("/etc/machine-id");
    owner.boot = first_word("/proc/sys/kernel/random/boot_id");
    owner.processes = link_of("/proc/self/ns/pid");
    owner.pid = ::getpid();
    owner.started = start_of(owner.pid);
    owner.job = batch_job();
    owner.run = run;
    return owner;
}

std::string Owner::text() const {
    return fmt::format("host {}\nmachine {}\nboot {}\nprocesses {}\npid {}\nstarted {}\njob {}\nrun {}\nend\n",
                       one_line(host), machine, boot, processes, pid, started, one_line(job), one_line(run));
}

Owner Owner::parse(const std::string& text) {
    Owner owner;
    std::istringstream lines(text);
    bool whole = false;
    for (std::string line; std::getline(lines, line);) {
        const auto space = std::min(line.find(' '), line.size());
        const std::string key = line.substr(0, space);
        const std::string value = line.substr(std::min(space + 1, line.size()));
        if (key == "host") owner.host = value;
        if (key == "machine") owner.machine = value;
        if (key == "boot") owner.boot = value;
        if (key == "processes") owner.processes = value;
        if (key == "pid") owner.pid = static_cast<pid_t>(std::strtol(value.c_str(), nullptr, 10));
        if (key == "started") owner.started = value;
        if (key == "job") owner.job = value;
        if (key == "run") owner.run = value;
        whole = whole || key == "end";
    }
    return whole ? owner : Owner{};
}

std::string Owner::describe() const {
    if (pid == 0) return "a process that has not said which";
    return fmt::format("process {} on {}{}", pid, host, job.empty() ? "" : fmt::format(" (job {})", job));
}

bool is_earlier_start(const std::string& one, const std::string& other) {
    const auto split = [](const std::string& run) {
        const auto space = std::min(run.rfind(' '), run.size());
        const std::string number = run.substr(std::min(space + 1, run.size()));
        return std::pair(run.substr(0, space), std::strtol(number.c_str(), nullptr, 10));
    };
    const auto [run, start] = split(one);
    const auto [other_run, other_start] = split(other);
    return !run.empty() && run == other_run && start < other_start;
}

Alive alive(const Owner& owner) {
    const Owner here = Owner::self({});
    if (owner.pid <= 0) return Alive::unknown;
    if (owner.boot == here.boot && !here.boot.empty()) {
        if (owner.processes != here.processes) return Alive::unknown;  // of another container
        if (::kill(owner.pid, 0) != 0 && errno == ESRCH) return Alive::no;
        const std::string start = start_of(owner.pid);
        if (start.empty() || owner.started.empty()) return Alive::unknown;
        return start == owner.started && !zombie(owner.pid) ? Alive::yes : Alive::no;
    }
    // The machine has been started again since.
    return owner.host == here.host && owner.machine == here.machine && !owner.boot.empty() ? Alive::no : Alive::unknown;
}

}  // namespace hecaton::detail::journal
