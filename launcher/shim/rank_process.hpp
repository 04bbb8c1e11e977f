// Starts the rank's own process, and tells what the shim knows of it.
#pragma once

#include <sys/types.h>

#include <csignal>

#include <launcher/link/sockets.hpp>

namespace hecaton::launcher {

/// A started rank and our ends of its standard streams. The rank leads a process group of its own, and the kernel kills
/// it when this process ends.
struct RankProcess {
    pid_t pid = 0;        ///< 0 where the program could not be run
    int problem = 0;      ///< errno where it could not
    Descriptor input;     ///< a pipe, where the rank reads one
    Descriptor output;    ///< a pseudo terminal, so that the rank writes each line when it is whole; or a pipe
    Descriptor error;     ///< a pipe
    Descriptor terminal;  ///< the rank's end of a pseudo terminal, which rest_of() needs
};

/// Starts `argv` with the signal mask `mask`, and with a limit of `open_files` open files (0: this process's limit).
RankProcess start_rank(char** argv, bool with_input, const sigset_t& mask, int open_files);

/// Turns this process into `argv`, with the variables that are for ranks alone; returns where that fails. A name with a
/// slash is a file for the kernel alone: unlike execvp, this tries no shell on a file that is no program.
void execute(char** argv);

/// Reads what is there, up to `size` bytes; closes `from` at its end. Returns the number of bytes.
std::size_t read_available(Descriptor& from, char* buffer, std::size_t size);

/// A shim's introduction, from the variables that the engine set; the rank's process id is still missing.
link::Hello introduce(const std::string& token);

}  // namespace hecaton::launcher
