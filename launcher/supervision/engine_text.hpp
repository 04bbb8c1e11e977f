// The engine's own output, kept until it is known whether a rank has failed. (The ranks' output comes another way.)
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include <launcher/engines/mpirun_text.hpp>
#include <launcher/program/mpi_library.hpp>

namespace hecaton::launcher {

class EngineText {
  public:
    using time = std::chrono::steady_clock::time_point;

    explicit EngineText(Mpi family) : family_(family) {}

    void add(std::string_view bytes, time now);
    bool empty() const { return text_.empty(); }
    bool tells_of_an_end() const { return launcher::tells_of_an_end(text_); }
    /// The time to take it: words of the engine about a failure may come later than those of the shim. Nothing where
    /// there is no text.
    std::optional<time> due() const;

    /// Returns the part of the text that is worth showing, and forgets all of it. `failure_known`: hecaton itself says
    /// how a rank failed, and only causes are left, because Open MPI's library gives its messages, as the reason why
    /// MPI_Init failed, to mpirun.
    std::string take(bool failure_known);
    /// The sum of all causes that take() has found.
    const Causes& causes() const { return causes_; }

  private:
    Mpi family_;
    std::string text_;
    time last_;
    Causes causes_;
};

}  // namespace hecaton::launcher
