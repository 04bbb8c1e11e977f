// The process that waits for the mpirun of a self-launched program, where there is no `hecaton` to do it: it passes
// input on to rank 0, says in a line how the ranks ended, in place of mpirun's paragraphs, and ends with the status
// that it would have under `hecaton run`.
//
// It is the process that the user has started, with the same number. It begins anew, as the program, so that it has
// none of the threads, locks and sockets of the program; when the library is loaded, it finds in its environment what
// it is, and never comes to main().
#pragma once

#include <string>
#include <vector>

namespace hecaton::detail::attendant {

/// Becomes the attendant of `mpirun` (a command, in words), which starts `ranks` ranks of `program` (with its
/// arguments) and gets `environment` ("NAME=VALUE"). Returns with errno where that fails.
void become_attendant(const std::vector<std::string>& mpirun, int ranks, std::vector<std::string> program,
                      std::vector<std::string> environment);

}  // namespace hecaton::detail::attendant
