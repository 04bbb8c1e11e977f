#include <launcher/doctor/doctor.hpp>

#include <fmt/format.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <hecaton/foundation/cgroup.hpp>
#include <hecaton/foundation/host.hpp>
#include <nlohmann/json.hpp>
#include <thread>

#include <launcher/base/print.hpp>
#include <launcher/base/refusal.hpp>
#include <launcher/engines/engine.hpp>
#include <launcher/hosts/addresses.hpp>
#include <launcher/program/find.hpp>

namespace hecaton::launcher {
namespace {

long long free_shared_memory() {
    struct statvfs room {};
    if (::statvfs("/dev/shm", &room) != 0) return -1;
    return static_cast<long long>(room.f_bavail) * static_cast<long long>(room.f_frsize);
}

const char* word(Verdict verdict) {
    switch (verdict) {
        case Verdict::ok:
            return "ok";
        case Verdict::warning:
            return "warning";
        case Verdict::bad:
            return "bad";
    }
    return "";
}

// The file that the engine needs on the hosts; empty where there is no engine.
std::string remote_part_for(const Patient& patient, const DoctorOptions& options) {
    RunOptions run;
    run.hosts = options.hosts;
    run.program = patient.program;
    try {
        return remote_part(plan(run, patient.facts), patient.facts);
    } catch (const Refusal&) {  // check_launcher says why
        return {};
    }
}

}  // namespace

Patient examine(const DoctorOptions& options) {
    Patient found;
    const detail::launch::Variables environment = detail::launch::variables();
    found.program = options.program;
    try {
        if (!options.program.empty())
            found.program = find_program(options.program, detail::launch::search_path(environment));
    } catch (const Refusal& refusal) {
        found.program_problem = refusal.what();
    }
    RunOptions run;
    if (found.program_problem.empty()) run.program = found.program;
    found.facts = plan_facts(run, Look::thorough);
    if (found.program.empty()) found.facts.linked = {};
    found.hardware_threads = static_cast<int>(std::thread::hardware_concurrency());
    found.hardware_threads = std::max(found.hardware_threads, static_cast<int>(::sysconf(_SC_NPROCESSORS_ONLN)));
    found.memory_limit = detail::cgroup::memory_limit().value_or(0);
    found.shared_memory = free_shared_memory();
    if (const auto folder = detail::launch::value(environment, "TMPDIR"); !folder.empty()) found.temporary = folder;
    found.temporary_writable = ::access(found.temporary.c_str(), W_OK | X_OK) == 0;
    found.networks = own_networks().networks;
    return found;
}

bool nothing_bad(const std::vector<Check>& checks) {
    return std::ranges::none_of(checks, [](const Check& check) { return check.verdict == Verdict::bad; });
}

std::string as_table(const std::vector<Check>& checks) {
    std::size_t width = 0;
    for (const auto& check : checks) width = std::max(width, check.name.size());
    std::string table;
    for (const auto& check : checks) {
        table += fmt::format("{:7}  {:{}}  {}\n", word(check.verdict), check.name, width, check.text);
        if (!check.mend.empty()) table += fmt::format("{:7}  {:{}}  mend: {}\n", "", "", width, check.mend);
    }
    return table;
}

std::string as_json(const std::vector<Check>& checks, const std::string& configuration) {
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (const auto& check : checks)
        list.push_back(
            {{"name", check.name}, {"verdict", word(check.verdict)}, {"text", check.text}, {"mend", check.mend}});
    nlohmann::ordered_json all{{"ok", nothing_bad(checks)}, {"checks", list}};
    if (!configuration.empty()) all["configuration"] = configuration;
    return all.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

int doctor(const DoctorOptions& options) {
    const Patient patient = examine(options);
    auto checks = check_machine(patient);
    std::error_code ignored;
    const bool usable = !patient.program.empty() && patient.program_problem.empty() && patient.facts.unfit.what.empty();
    const std::string program = usable ? std::filesystem::absolute(patient.program, ignored).string() : std::string();
    if (!options.hosts.empty() && patient.facts.machine.allocation.scheduler == detail::launch::Scheduler::none) {
        const auto answers = ask_hosts(options.hosts, options.ssh, detail::host::executable(),
                                       {.program = program, .daemon = remote_part_for(patient, options)});
        const auto more = check_hosts(answers, own_networks());
        checks.insert(checks.end(), more.begin(), more.end());
    }
    // Where something is bad, the trial would only repeat it.
    if (nothing_bad(checks) && !options.no_trial)
        checks.push_back(check_trial(try_ranks(options, patient.facts, program)));
    const std::string text = options.json ? as_json(checks) : as_table(checks);
    return print(text) == 0 && nothing_bad(checks) ? 0 : 1;
}

}  // namespace hecaton::launcher
