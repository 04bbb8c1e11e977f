// The system's limits for one user: open files and processes.
#pragma once

namespace hecaton::launcher {

/// Limits; 0: not known, or none.
struct Limits {
    long files = 0;      ///< open in one process, after it has raised its own limit
    long processes = 0;  ///< of this user, of this group or on this machine, whichever is least
};

Limits limits();

/// For `ranks` ranks on this machine: the open files that hecaton and mpirun need each, and the number of processes.
long files_for(int ranks);
long processes_for(int ranks);

/// Lets this process and its children open `wanted` files, as far as that is allowed. Returns the limit before, or 0
/// where it was high enough. mpirun hangs when it runs out of open files.
long raise_open_files(long wanted);

/// Restores the limit `before`, in a rank that is about to start; 0 does nothing.
void lower_open_files(long before);

}  // namespace hecaton::launcher
