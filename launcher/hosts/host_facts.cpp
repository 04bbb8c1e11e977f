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

#include <launcher/base/gpus.hpp>
#include <launcher/base/json_fields.hpp>
#include <launcher/base/refusal.hpp>
#include <launcher/hosts/addresses.hpp>
#include <launcher/program/find.hpp>
#include <launcher/program/mpi_library.hpp>
#include <launcher/program/runnable.hpp>

namespace hecaton::launcher {
namespace {

constexpr std::string_view mark = "hecaton-host-facts";

constexpr auto fields = [](auto& facts, auto& each) {
    each("name", facts.name);
    each("program", facts.program);
    each("fingerprint", facts.fingerprint);
    each("daemon", facts.daemon);
    each("folder", facts.folder);
    each("mpi", facts.mpi);
    each("unfit", facts.unfit);
    each("networks", facts.networks);
    each("dead_ends", facts.dead_ends);
    each("time", facts.time);
    each("cores", facts.cores);
    each("gpus", facts.gpus);
    each("shared_memory", facts.shared_memory);
};

// Size and a hash (FNV-1a) of the file: enough to tell builds apart.
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
    const OwnNetworks own = own_networks();
    found.networks = own.networks;
    found.dead_ends = own.dead_ends;
    using namespace std::chrono;
    found.time = duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
    found.cores = detail::host::cores();
    found.gpus = gpus(detail::launch::variables()).count();
    struct statvfs room {};
    if (::statvfs("/dev/shm", &room) == 0)
        found.shared_memory = static_cast<long long>(room.f_bavail) * static_cast<long long>(room.f_frsize);
    return found;
}

std::string encode(const HostFacts& facts) { return fmt::format("{} {}\n", mark, json_fields::encode(facts, fields)); }

std::optional<HostFacts> decode_host_facts(const std::string& text) {
    const auto at = text.find(mark);
    if (at == std::string::npos) return std::nullopt;
    const auto begin = at + mark.size();
    return json_fields::decode<HostFacts>(std::string_view(text).substr(begin, text.find('\n', begin) - begin), fields);
}

}  // namespace hecaton::launcher
