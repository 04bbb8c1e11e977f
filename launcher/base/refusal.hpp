// How the launcher says that it will not: one line, and the exit status.
#pragma once

#include <stdexcept>
#include <string>

namespace hecaton::launcher {

/// Exit statuses of the launcher itself; otherwise it returns the program's.
enum Status { ok = 0, wrong_command_line = 2, timed_out = 124, not_executable = 126, not_found = 127 };

/// A reason to stop: one line for the user, and the exit status.
class Refusal : public std::runtime_error {
  public:
    Refusal(int status, const std::string& text) : std::runtime_error(text), status_(status) {}
    int status() const noexcept { return status_; }

  private:
    int status_;
};

}  // namespace hecaton::launcher
