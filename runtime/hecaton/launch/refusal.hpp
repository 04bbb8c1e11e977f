// Refusal: why ranks are not started, or a command is not carried out.
#pragma once

#include <hecaton/foundation/error.hpp>
#include <stdexcept>
#include <string>

namespace hecaton::detail::launch {

/// One line for the user, and the exit status. It is no UsageError: an mpirun that is not installed is no mistake in
/// the program.
class Refusal : public std::runtime_error, public virtual Error {
  public:
    /// The exit status for a wrong command line, and for a program that cannot be started as it is meant to be.
    static constexpr int usual_status = 2;

    explicit Refusal(const std::string& text) : Refusal(usual_status, text) {}
    Refusal(int status, const std::string& text) : std::runtime_error(text), status_(status) {}

    const char* what() const noexcept override { return std::runtime_error::what(); }
    int status() const noexcept { return status_; }

  private:
    int status_;
};

}  // namespace hecaton::detail::launch
