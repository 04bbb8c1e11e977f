// The rank's own process, as its shim starts it.
#pragma once

#include <sys/types.h>

#include <csignal>

#include <launcher/link/sockets.hpp>

namespace hecaton::launcher {

/// A started rank and our ends of its standard streams. The rank leads a process group of its own, and is killed when
/// this process ends in whatever way.
struct RankProcess {
    pid_t pid = 0;        ///< 0 where the program could not be run
    int problem = 0;      ///< errno of that
    Descriptor input;     ///< a pipe, where the rank reads one
    Descriptor output;    ///< a pseudo terminal, so that the rank writes each line when it is whole; or a pipe
    Descriptor error;     ///< a pipe
    Descriptor terminal;  ///< the rank's end of a pseudo terminal, for what has to be read after the rank's end
};

/// Starts `argv`, with the signal mask and the ignored signals that this process had been given, and with room for
/// `open_files` open files (0: as many as this process).
RankProcess start_rank(char** argv, bool with_input, const sigset_t& mask, int open_files);

/// Turns this process into `argv`, with the variables that are for ranks alone; returns where that fails. A name with a
/// slash is a file that the kernel runs or does not: unlike execvp, no shell is tried on what is no program.
void execute(char** argv);

/// Reads what is there, up to `size` bytes; closes `from` at its end. Returns how many bytes came.
std::size_t read_available(Descriptor& from, char* buffer, std::size_t size);

/// What a shim says of itself, from the variables that the engine set; the rank's process id is still missing.
link::Hello introduce(const std::string& token);

}  // namespace hecaton::launcher
