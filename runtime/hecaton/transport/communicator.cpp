#include <fmt/format.h>

#include <hecaton/foundation/error.hpp>
#include <hecaton/transport/communicator.hpp>
#include <hecaton/transport/mpi_check.hpp>
#include <hecaton/transport/mpi_session.hpp>

namespace hecaton {
namespace {

void require_group(MPI_Comm handle, const char* call) {
    detail::require_mpi(call);
    if (handle == MPI_COMM_NULL)
        throw UsageError(fmt::format("{}: the communicator is null: this rank is in no group", call));
}

}  // namespace

int Communicator::rank() const {
    require_group(handle_, "Communicator::rank()");
    int rank = 0;
    detail::check_mpi(MPI_Comm_rank(handle_, &rank), "MPI_Comm_rank");
    return rank;
}

int Communicator::size() const {
    require_group(handle_, "Communicator::size()");
    int size = 0;
    detail::check_mpi(MPI_Comm_size(handle_, &size), "MPI_Comm_size");
    return size;
}

}  // namespace hecaton
