// Communicator: the ranks that a collective or a pool is over.
#pragma once

// Without MPI's C++ bindings, as Boost.MPI includes it: MPI 3 has none, and each program would compile them.
#ifndef OMPI_SKIP_MPICXX
#define OMPI_SKIP_MPICXX 1
#endif
#ifndef MPICH_SKIP_MPICXX
#define MPICH_SKIP_MPICXX 1
#endif
#include <mpi.h>

#include <concepts>
#include <type_traits>

namespace boost::mpi {
class communicator;  // its header is for the programs that use it
}

namespace hecaton {

/// What every call takes that is for the ranks of a communicator: an MPI_Comm or a boost::mpi::communicator becomes one
/// where it is given. A view: it is as small as the handle, frees nothing, and is good as long as what it was made of.
class Communicator {
  public:
    /// Where MPI_Comm is a number, as in MPICH, it is to be written out: hecaton::Communicator(MPI_COMM_WORLD).
    template <std::same_as<MPI_Comm> Handle>
    explicit(!std::is_pointer_v<Handle>) Communicator(Handle handle) noexcept : handle_(handle) {}
    template <std::derived_from<boost::mpi::communicator> BoostCommunicator>
    Communicator(const BoostCommunicator& communicator) : handle_(static_cast<MPI_Comm>(communicator)) {}

    /// For MPI's own functions.
    operator MPI_Comm() const noexcept { return handle_; }
    /// False for MPI_COMM_NULL, which a rank has that is in no group.
    explicit operator bool() const noexcept { return handle_ != MPI_COMM_NULL; }

    /// This rank, from 0; not collective. Throws UsageError for a null communicator, or without MPI, as size() does.
    int rank() const;
    /// How many ranks there are.
    int size() const;

  private:
    MPI_Comm handle_;
};

}  // namespace hecaton
