// The command line: words in, what is wanted out.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

namespace hecaton::launcher {

/// Exit statuses of the launcher itself; otherwise it returns the program's.
enum Status { ok = 0, wrong_command_line = 2, not_executable = 126, not_found = 127 };

/// A reason to stop: one line for the user, and the exit status.
class Refusal : public std::runtime_error {
  public:
    Refusal(int status, const std::string& text) : std::runtime_error(text), status_(status) {}
    int status() const noexcept { return status_; }

  private:
    int status_;
};

/// What `hecaton run` was asked to do.
struct RunOptions {
    int ranks = 0;  ///< 0: not given
    bool dry_run = false;
    std::string program = {};
    std::vector<std::string> args = {};  ///< of the program, untouched
};

/// A parsed command line: text to print (--help, --version), or else a run.
struct CommandLine {
    std::string text = {};
    RunOptions run = {};
};

/// Parses the words after the program's own name. Throws Refusal with status 2 where they are wrong.
CommandLine parse(const std::vector<std::string>& words);

}  // namespace hecaton::launcher
