// hecaton doctor: finds the reasons why a program would not run here or on other machines, and what mends them.
#pragma once

#include <string>
#include <vector>

#include <launcher/base/options.hpp>
#include <launcher/doctor/trial.hpp>
#include <launcher/engines/facts.hpp>
#include <launcher/hosts/access.hpp>

namespace hecaton::launcher {

/// The result of a check. warning: the program runs, but worse than it could.
enum class Verdict { ok, warning, bad };

/// One check.
struct Check {
    std::string name;
    Verdict verdict = Verdict::ok;
    std::string text;       ///< the finding
    std::string mend = {};  ///< a command, or advice; empty where nothing is wrong
};

/// The facts about this machine that the checks need, besides those that a plan needs.
struct Patient {
    PlanFacts facts = {};
    std::string program = {};          ///< a path; empty where none was named
    std::string program_problem = {};  ///< why the program cannot be run
    int hardware_threads = 1;          ///< of the machine, also those that we may not use
    long long memory_limit = 0;        ///< bytes, of the memory group; 0: none
    long long shared_memory = -1;      ///< free bytes in /dev/shm; -1: there is none
    std::string temporary = "/tmp";    ///< the folder for temporary files
    bool temporary_writable = true;
    std::vector<std::string> networks = {};
};

/// Looks at this machine.
Patient examine(const DoctorOptions& options);

/// The verdicts. Pure.
std::vector<Check> check_machine(const Patient& patient);
std::vector<Check> check_hosts(const std::vector<HostAnswer>& answers, const OwnNetworks& own);
Check check_trial(const Trial& trial);

bool nothing_bad(const std::vector<Check>& checks);

/// The checks as a table, and as JSON: {"ok": false, "checks": [{"name", "verdict", "text", "mend"}, ...]}; with
/// "configuration", the text of a file, where there is one.
std::string as_table(const std::vector<Check>& checks);
std::string as_json(const std::vector<Check>& checks, const std::string& configuration = {});

/// Examines the machine and the hosts, starts the ranks of a trial where nothing is bad so far, and prints the checks.
/// Returns 0 where nothing is bad, else 1.
int doctor(const DoctorOptions& options);

}  // namespace hecaton::launcher
