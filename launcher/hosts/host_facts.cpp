#include <launcher/hosts/host_facts.hpp>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <hecaton/foundation/host.hpp>
#include <sstream>

#include <launcher/base/refusal.hpp>
#include <launcher/hosts/addresses.hpp>
#include <launcher/program/find.hpp>
#include <launcher/program/mpi_library.hpp>
#include <launcher/program/runnable.hpp>

namespace hecaton::launcher {
namespace {

constexpr std::string_view begin = "hecaton-host-facts";

// Size and a hash (FNV-1a) of the file: tells builds apart, no more.
std::string fingerprint(const std::string& file) {
    std::ifstream stream(file, std::ios::binary);
    std::array<char, 64 * 1024> buffer{};
    std::uint64_t hash = 14'695'981'039'346'656'037U;
    std::uint64_t size = 0;
    while (stream.read(buffer.data(), buffer.size()) || stream.gcount() > 0) {
        for (std::streamsize i = 0; i < stream.gcount(); ++i)
            hash = (hash ^ static_cast<unsigned char>(buffer[static_cast<std::size_t>(i)])) * 1'099'511'628'211U;
        size += static_cast<std::uint64_t>(stream.gcount());
    }
    return fmt::format("{}-{:x}", size, hash);
}

}  // namespace

std::string folder_problem(const std::string& folder) {
    std::error_code problem;
    if (!std::filesystem::is_directory(folder, problem)) return problem ? problem.message() : "that is no folder";
    return ::access(folder.c_str(), X_OK) == 0 ? std::string() : std::strerror(errno);
}

HostFacts host_facts(const HostNeeds& needs) {
    HostFacts found{.name = detail::host::name()};
    try {
        if (!needs.program.empty()) {
            find_program(needs.program, {});
            found.fingerprint = fingerprint(needs.program);
            detail::launch::Variables theirs = detail::launch::variables();
            if (!needs.libraries.empty()) theirs["LD_LIBRARY_PATH"] = needs.libraries;
            const auto list = libraries(needs.program, theirs);
            const Linked linked = linked_mpi(needs.program, list);
            if (linked.missing) found.mpi = linked.library;
            found.unfit = one_line(unfit(needs.program, list, theirs, needs.folder));
        }
    } catch (const Refusal& refusal) {
        found.program = refusal.what();
    }
    if (!needs.daemon.empty() && ::access(needs.daemon.c_str(), X_OK) != 0)
        found.daemon = fmt::format("{}: {}", needs.daemon, std::strerror(errno));
    if (!needs.folder.empty()) found.folder = folder_problem(needs.folder);
    found.networks = own_networks();
    found.dead_ends = dead_ends();
    using namespace std::chrono;
    found.time = duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
    found.cores = detail::host::cores();
    struct statvfs room {};
    if (::statvfs("/dev/shm", &room) == 0) found.shared_memory = static_cast<long long>(room.f_bavail * room.f_frsize);
    return found;
}

std::string encode(const HostFacts& facts) {
    std::string text = fmt::format("{}\nname {}\n", begin, facts.name);
    const auto add = [&](const char* key, const std::string& value) {
        if (!value.empty()) text += fmt::format("{} {}\n", key, value);
    };
    add("program", facts.program);
    add("fingerprint", facts.fingerprint);
    add("daemon", facts.daemon);
    add("folder", facts.folder);
    add("mpi", facts.mpi);
    add("unfit", facts.unfit);
    for (const auto& network : facts.networks) add("network", network);
    for (const auto& interface : facts.dead_ends) add("dead-end", interface);
    add("time", std::to_string(facts.time));
    add("cores", std::to_string(facts.cores));
    add("shared-memory", std::to_string(facts.shared_memory));
    return text;
}

HostFacts decode_host_facts(const std::string& text) {
    HostFacts found;
    const auto at = text.find(begin);
    std::istringstream lines(at == std::string::npos ? std::string() : text.substr(at + begin.size()));
    const auto number = [](const std::string& digits) { return std::strtoll(digits.c_str(), nullptr, 10); };
    for (std::string line; std::getline(lines, line);) {
        const auto space = line.find(' ');
        if (space == std::string::npos) continue;
        const auto key = line.substr(0, space);
        const auto value = line.substr(space + 1);
        if (key == "name") found.name = value;
        if (key == "program") found.program = value;
        if (key == "fingerprint") found.fingerprint = value;
        if (key == "daemon") found.daemon = value;
        if (key == "folder") found.folder = value;
        if (key == "mpi") found.mpi = value;
        if (key == "unfit") found.unfit = value;
        if (key == "network") found.networks.push_back(value);
        if (key == "dead-end") found.dead_ends.push_back(value);
        if (key == "time") found.time = number(value);
        if (key == "cores") found.cores = static_cast<int>(number(value));
        if (key == "shared-memory") found.shared_memory = number(value);
    }
    return found;
}

}  // namespace hecaton::launcher
