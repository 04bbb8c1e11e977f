// Standard input on its way to rank 0 of a self-launched program, past mpirun, which crashes now and then while it
// passes input on (open-mpi/ompi#7483).
#pragma once

#include <hecaton/foundation/descriptor.hpp>
#include <string>

namespace hecaton::detail::attendant {

class RankInput {
  public:
    /// The variable that tells the ranks where to find it. When the library is loaded, rank 0 takes what it names for
    /// its standard input, and all ranks forget it.
    static constexpr const char* variable = "HECATON_INPUT";

    /// Sets the variable in this process's environment.
    RankInput();

    /// What to wait for, with poll(): standard input, which may be read now, or the way to rank 0; -1 where there is
    /// nothing to wait for.
    int readable() const;
    int writable() const;
    /// False where standard input is a terminal whose foreground we are not in. No event tells when that changes.
    bool is_ours() const;

    void read();
    void write();

  private:
    Pipe way_;
    std::string waiting_;
    bool ended_ = false;
};

}  // namespace hecaton::detail::attendant
