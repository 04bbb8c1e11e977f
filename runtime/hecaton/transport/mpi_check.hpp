// MPI's return codes as exceptions.
#pragma once

#include <cstddef>
#include <hecaton/transport/communicator.hpp>

namespace hecaton::detail {

/// Throws MpiError with the call's name and MPI's own text unless `code` is MPI_SUCCESS.
void check_mpi(int code, const char* call);

/// The largest piece, in bytes, in which more than 2 GiB is sent: counts are ints in MPI 3.
inline constexpr std::size_t largest_piece = std::size_t{1} << 30;

}  // namespace hecaton::detail
