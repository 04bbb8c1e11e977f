// Self-launch: a program that was started with no launcher starts itself again as ranks.
#pragma once

#include <hecaton/launch/environment.hpp>

namespace hecaton::detail::launch {

/// What self-launch decided from the environment alone.
struct Decision {
    bool launch = false;
    int ranks = 0;  ///< 0: as many as there are cores, or slots in the allocation
};

/// Whether a process with this environment should launch itself. Pure. `processes` is what the program asks for (0: no
/// wish), `traced` whether a debugger is attached. Throws Refusal for a HECATON_RANKS that is no number from 1 up.
///
/// No launch where a launcher made this process a rank; where HECATON_SELF_LAUNCH=0; where HECATON_EXPECTED_SIZE is
/// there without a rank variable (a launcher of another MPI started us: the world's size will tell, and a chain of
/// self-launches is ruled out); for one rank; under a debugger, valgrind or
/// heaptrack.
Decision decide(const Variables& environment, int processes, bool traced);

/// Replaces this process by `hecaton run` of the same program with the same arguments, or returns where that is not
/// wanted (see decide()). To be called before MPI is initialised and before threads are started. Where there is no
/// hecaton (see find_launcher()), it becomes the attendant of an mpirun (see become_attendant()).
///
/// `processes` is PoolOptions::processes, 0 for the default. Throws Refusal where it is wanted and cannot be done.
void self_launch_if_wanted(int argc, char** argv, int processes);

}  // namespace hecaton::detail::launch
