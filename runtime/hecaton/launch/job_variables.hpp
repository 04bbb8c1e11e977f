// JobVariables: the variables by which a launcher tells a process that it is a rank.
//
// MPI reads them when it starts. A process that a rank starts inherits the environment, and would take itself for that
// rank if they were still there: its MPI_Init fails or waits for ever, and the outer job never ends.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace hecaton::detail::launch {

/// A variable about this job's journal, its recording or its end, which take_out() may have taken out of the
/// environment; empty where it was not set.
std::string job_setting(const char* name);

class JobVariables {
  public:
    /// Those that this process has now.
    JobVariables();

    /// Takes them out of the environment of this process. OMPI_COMM_WORLD_* stay, since programs read them to learn
    /// their place; HECATON_RANK_PID says then whose they are. Those about the journal and the end go for good, see
    /// job_setting().
    void take_out() const;
    void put_back() const;

  private:
    std::vector<std::pair<std::string, std::string>> variables_;
};

}  // namespace hecaton::detail::launch
