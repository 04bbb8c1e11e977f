// The command line: words in, what is wanted out.
#pragma once

#include <string>
#include <vector>

#include <launcher/base/job_options.hpp>
#include <launcher/base/options.hpp>
#include <launcher/base/refusal.hpp>

namespace hecaton::launcher {

/// What the first word asks for.
enum class Verb { text, run, doctor, journal, report, top, submit, status, logs, wait, cancel };

/// A parsed command line: text to print (--help, --version), or a command.
struct CommandLine {
    Verb verb = Verb::text;
    std::string text = {};
    RunOptions run = {};
    DoctorOptions doctor = {};
    JournalOptions journal = {};
    ReportOptions report = {};
    std::string top = {};  ///< the process or batch job; empty: the only run here
    SubmitOptions submit = {};
    JobOptions jobs = {};  ///< of status, logs, wait and cancel
};

/// Parses the words after the program's own name. Options that are not given are taken from HECATON_* variables. Throws
/// Refusal with status 2 where something is wrong.
CommandLine parse(const std::vector<std::string>& words, const detail::launch::Variables& environment);

}  // namespace hecaton::launcher
