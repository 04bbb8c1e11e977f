// hecaton doctor: what would keep a program from running here, or on other machines, and what mends it.
#pragma once

#include <string>
#include <vector>

#include <launcher/base/options.hpp>
#include <launcher/doctor/trial.hpp>
#include <launcher/engines/facts.hpp>
#include <launcher/hosts/hosts.hpp>

namespace hecaton::launcher {

/// How one check came out. warning: it runs, but worse than it could.
enum class Verdict { ok, warning, bad };

/// One check.
struct Check {
    std::string name;
    Verdict verdict = Verdict::ok;
    std::string text;       ///< what was found
    std::string mend = {};  ///< a command or what to do; empty where nothing is wrong
};

/// What the checks of this machine look at, besides what a plan needs.
struct Patient {
    PlanFacts facts = {};
    std::string program = {};          ///< a path; empty where none was named
    std::string program_problem = {};  ///< why it cannot be run
    int hardware_threads = 1;          ///< of the machine, whether or not we may use them
    long long memory_limit = 0;        ///< bytes, of the memory group; 0: none
    long long shared_memory = -1;      ///< free bytes in /dev/shm; -1: there is none
    std::string temporary = "/tmp";    ///< where temporary files go
    bool temporary_writable = true;
    std::vector<std::string> networks = {};
};

/// Looks at this machine.
Patient examine(const DoctorOptions& options);

/// The verdicts. Pure.
std::vector<Check> check_machine(const Patient& patient);
std::vector<Check> check_hosts(const std::vector<HostAnswer>& answers);
Check check_trial(const Trial& trial);

/// The checks as a table, and as JSON: {"ok": false, "checks": [{"name", "verdict", "text", "mend"}, ...]}.
std::string as_table(const std::vector<Check>& checks);
std::string as_json(const std::vector<Check>& checks);

/// Examines, checks, starts ranks of a trial where nothing is bad, and prints. 0 where nothing is bad, else 1.
int doctor(const DoctorOptions& options);

}  // namespace hecaton::launcher
