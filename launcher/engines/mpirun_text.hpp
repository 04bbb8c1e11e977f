// What of Open MPI's own words is worth showing, and what the launcher says better.
#pragma once

#include <string>
#include <string_view>

namespace hecaton::launcher {

/// `text` as mpirun printed it, without lines that mean nothing.
std::string without_noise(std::string_view text);

/// Said where `Causes::lost`, and where a rank failed to begin and mpirun said nothing about the cause.
inline constexpr const char* cause_was_lost =
    "mpirun has lost what MPI said, maybe about the cause, as Open MPI does now and then: run it again to see it";

/// True when `words`, a rank's last on standard error, tell that MPI_Init failed. They never tell why: that comes by
/// mpirun. Open MPI 5's is gone at times before it has heard it.
bool failed_to_begin(std::string_view words);

/// True when a line of `words`, a rank's last on standard error, has not the look of Open MPI's own: "[host:pid] ...",
/// "*** ...".
bool says_more_than_mpi(std::string_view words);

/// True when `text` has a paragraph that says how a rank has ended.
bool tells_of_an_end(std::string_view text);

struct Causes {
    std::string text;   ///< empty where nothing is left
    bool told = false;  ///< a paragraph of it tells a cause
    bool lost = false;  ///< mpirun could not read what the MPI library had handed it
};

/// `text` as mpirun printed it, without the paragraphs that only say that a rank has ended badly, which the card says
/// better, and without its internal log. What the MPI library says about the cause comes by mpirun too, and stays.
Causes causes(std::string_view text);

}  // namespace hecaton::launcher
