// Sorts Open MPI's messages: some are worth showing, others the launcher words better.
#pragma once

#include <string>
#include <string_view>

namespace hecaton::launcher {

/// `text` as mpirun printed it, without meaningless lines.
std::string without_noise(std::string_view text);

/// The remark where `Causes::lost`, and where a rank failed to begin and mpirun did not name a cause.
inline constexpr const char* cause_was_lost =
    "mpirun has lost what MPI said, maybe about the cause, as Open MPI does now and then: run it again to see it";

/// True when `words`, a rank's last on standard error, say that MPI_Init failed. The reason is never in them, it comes
/// through mpirun. Open MPI 5's mpirun sometimes ends before the reason has reached it.
bool failed_to_begin(std::string_view words);

/// True when a line of `words`, a rank's last on standard error, does not look like Open MPI's own lines:
/// "[host:pid] ...", "*** ...".
bool says_more_than_mpi(std::string_view words);

/// `words` without the backtrace that Open MPI prints for a rank that dies by a signal.
std::string without_backtrace(std::string_view words);

/// The line, of mpirun's standard output, is mpirun's own and no process's that MPI_Comm_spawn has started.
bool is_mpiruns_own(std::string_view line);

/// The host of a daemon of mpirun's that mpirun has lost, as `text` tells it; empty where it does not.
std::string lost_daemon(std::string_view text);

/// The folder of mpirun's own that it could not make, because another mpirun made it in the same moment, as `text`
/// tells it; empty where it does not. Seen with Open MPI 4, where two runs are the first in a folder for temporary
/// files.
std::string folder_collision(std::string_view text);

/// What srun says in `text` about a job that it cannot use at all; empty where it does not.
std::string refusal_of_srun(std::string_view text);

/// `text` without what mpirun says when it could not start a daemon: all reasons that there may be. It stays where
/// nothing else is in the text and the reason is not known from another.
std::string without_guesses(std::string_view text, bool reason_known);

/// True when `text` has a paragraph about the end of a rank.
bool tells_of_an_end(std::string_view text);

struct Causes {
    std::string text;   ///< empty where nothing is left
    bool told = false;  ///< a paragraph in it names a cause
    bool lost = false;  ///< mpirun could not read a message of the MPI library
};

/// `text` as mpirun printed it, without its internal log, and without the paragraphs that only say that a rank has
/// ended badly, because the card says it better. The MPI library's words about the cause come through mpirun too, and
/// stay.
Causes causes(std::string_view text);

}  // namespace hecaton::launcher
