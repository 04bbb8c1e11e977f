// Calls of MPI that fail: one of them gives an error instead of what it does. It is defined in the program, in front of
// MPI's own.
#pragma once

#include <cstddef>

namespace hecaton::test::mpi_faults {

/// The n-th call of this process from now on, from 1, fails. 0: none does. A test of a request counts when it is
/// complete: how often it is asked before that is a matter of time. Returns the name of the call that has failed since
/// the last fail_at(), or null.
const char* fail_at(std::size_t n) noexcept;

}  // namespace hecaton::test::mpi_faults
