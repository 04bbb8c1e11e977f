// What the system lets one user have: open files and processes.
#pragma once

namespace hecaton::launcher {

/// The most that there may be; 0: not known, or no limit.
struct Limits {
    long files = 0;      ///< open in one process: the limit that it may raise its own to
    long processes = 0;  ///< of this user, of this group or on this machine, whichever is least
};

Limits limits();

/// How many open files hecaton and mpirun need each, and how many processes there will be, for `ranks` ranks here.
long files_for(int ranks);
long processes_for(int ranks);

/// Lets this process and what it starts open `wanted` files, as far as that is allowed. Returns how many it was before;
/// 0 where nothing had to be done. mpirun does not end by itself where it runs out of them.
long raise_open_files(long wanted);

/// Takes that back, in a rank that is about to start; 0 does nothing.
void lower_open_files(long before);

}  // namespace hecaton::launcher
