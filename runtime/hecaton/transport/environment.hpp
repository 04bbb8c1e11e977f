// Environment: MPI for programs in which every rank runs the same code.
#pragma once

#include <boost/mpi/communicator.hpp>

namespace hecaton {

/// Starts MPI (unless the program has) as hecaton::run does: a program without a launcher launches itself. MPI lives
/// until the process exits. When an exception passes by, the end of the process ends the whole job with status 1,
/// because the other ranks would wait for this one for ever; a handler in main still runs and prints.
class Environment {
  public:
    /// Collective over the world. Throws UsageError when the world is not as large as the launcher made it.
    Environment(int argc, char** argv);
    ~Environment();
    Environment(const Environment&) = delete;
    Environment& operator=(const Environment&) = delete;

    /// All ranks. A view: MPI_COMM_WORLD itself, not a duplicate.
    boost::mpi::communicator world() const;

  private:
    int exceptions_;
};

}  // namespace hecaton
