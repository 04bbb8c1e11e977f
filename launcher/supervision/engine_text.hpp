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
    std::string refusal_of_srun() const { return launcher::refusal_of_srun(text_); }
    bool tells_of_an_end() const { return launcher::tells_of_an_end(text_); }
    /// The time to take it: words of the engine about a failure may come later than those of the shim. Nothing where
    /// there is no whole line.
    std::optional<time> due() const;

    /// Returns the part of the text that is worth showing, and forgets all of it. `failure_known`: hecaton itself says
    /// how a rank failed, and only causes are left, because Open MPI's library gives its messages, as the reason why
    /// MPI_Init failed, to mpirun. A line that is not whole waits for the rest, unless `all` is wanted.
    std::string take(bool failure_known, bool all = false);
    /// The sum of all causes that take() has found.
    const Causes& causes() const { return causes_; }
    /// The host of a daemon of the engine's that it has lost; empty: none.
    const std::string& lost_daemon() const { return lost_daemon_; }
    /// The engine's folder that another run made in the same moment; empty: none.
    const std::string& collision() const { return collision_; }

  private:
    Mpi family_;
    std::string text_;
    time last_;
    Causes causes_;
    std::string lost_daemon_;
    std::string collision_;
    bool said_ = false;  // something was shown before it was known that a rank has failed
};

}  // namespace hecaton::launcher
