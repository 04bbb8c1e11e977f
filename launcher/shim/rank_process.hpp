// Starts the rank's own process, and tells what the shim knows of it.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <csignal>
#include <utility>

#include <launcher/link/sockets.hpp>

namespace hecaton::launcher {

/// A started rank and our ends of its standard streams. The rank leads a process group of its own, and the kernel kills
/// it when this process ends.
struct RankProcess {
    pid_t pid = 0;        ///< 0 where the program could not be run
    int problem = 0;      ///< errno where it could not
    Descriptor input;     ///< a pipe, where the rank reads one
    Descriptor output;    ///< a pseudo terminal where it is to go to a terminal, else a pipe
    Descriptor error;     ///< a pipe
    Descriptor terminal;  ///< the rank's end of a pseudo terminal, which rest_of() needs
};

/// What the rank's process begins with.
struct RankStart {
    bool with_input = false;
    sigset_t mask = {};
    int open_files = 0;                         ///< the limit; 0: this process's
    std::chrono::nanoseconds timer_slack = {};  ///< 0: this process's
    std::pair<int, int> terminal = {};          ///< its rows and columns; 0: its standard output is a pipe
};

/// As `address` says; `local`: this is the launcher's machine.
RankStart start_as(const link::Address& address, bool local, const sigset_t& mask);

/// Starts `argv`.
RankProcess start_rank(char** argv, const RankStart& with);

/// Notes that `program` could not be run, for the reason `problem` (errno).
void say_problem(link::Ended& ended, const char* program, int problem);

/// Turns this process into `argv`, with the variables that are for ranks alone; returns where that fails. A name with a
/// slash is a file for the kernel alone: unlike execvp, this tries no shell on a file that is no program.
void execute(char** argv);

/// Reads what is there, up to `size` bytes; closes `from` at its end. Returns the number of bytes.
std::size_t read_available(Descriptor& from, char* buffer, std::size_t size);

/// The rank's number and the size of the world, as the engine tells them; -1 where it does not.
std::pair<int, int> rank_and_size();

/// A shim's introduction, from the variables that the engine set; the rank's process id is still missing.
link::Hello introduce(const link::Address& address);

}  // namespace hecaton::launcher
