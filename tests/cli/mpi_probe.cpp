// A plain MPI program that does what its arguments say, one after the other; the launcher's tests run it.
//
//   rank                prints "rank R of N", one line a rank
//   args TEXT...        rank 0 prints each of the remaining arguments as <TEXT>
//   stdin               rank 0 copies standard input to standard output
//   output BYTES        rank 0 writes that many bytes
//   environment NAME    rank 0 prints NAME=value, or "NAME is not set"
//   pids DIRECTORY      each rank leaves its process id in DIRECTORY/R
//   sleep SECONDS       every rank sleeps
//   barriers COUNT      all ranks wait for each other so many times
//   exchange BYTES      each rank sends that many bytes to the next; rank 0 prints "exchanged" when its own came whole
//   start COMMAND       rank 0 runs it by the shell
//   on-term STATUS FILE every rank handles SIGTERM from here on: adds a line "asked to end" to FILE, exits with STATUS
//                       (a file, because mpirun may drop what ranks print while it ends them)
//   exit R STATUS       rank R finalizes MPI and exits with STATUS
//   drop R STATUS       rank R exits with STATUS at once, without finalizing
//   raise R SIGNAL      rank R raises SIGNAL
//   misuse R            rank R calls MPI_Send with a rank that there is not, which MPI does not forgive
//   complain R TEXT     rank R prints TEXT on standard error
//   abort R STATUS      rank R calls MPI_Abort
#include <fcntl.h>
#include <mpi.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

#if defined(OMPI_MAJOR_VERSION) && OMPI_MAJOR_VERSION < 5
#include <hecaton/launch/threads_at_rest.hpp>
#define HASTY_FINALIZE
#endif

namespace {

volatile std::sig_atomic_t status_when_asked = 0;
volatile int told_when_asked = -1;  // a file descriptor

extern "C" void asked_to_end(int) {
    static constexpr char text[] = "asked to end\n";
    [[maybe_unused]] const auto written = ::write(told_when_asked, text, sizeof text - 1);
    ::_exit(status_when_asked);
}

void copy_input() {
    for (std::string line; std::getline(std::cin, line);) std::cout << line << '\n';
    std::cout.flush();
}

void write_output(long bytes) {
    const std::string line = std::string(99, 'x') + '\n';
    for (long written = 0; written < bytes; written += 100) std::cout << line;
    std::cout.flush();
}

void print_environment(const std::string& name) {
    const char* value = std::getenv(name.c_str());
    if (value)
        std::cout << name << '=' << value << std::endl;
    else
        std::cout << name << " is not set" << std::endl;
}

void exchange(int rank, int size, int bytes) {
    const std::vector<char> sent(static_cast<std::size_t>(bytes), static_cast<char>('a' + rank % 26));
    const int from = (rank + size - 1) % size;
    std::vector<char> came(sent.size());
    MPI_Sendrecv(sent.data(), bytes, MPI_CHAR, (rank + 1) % size, 0, came.data(), bytes, MPI_CHAR, from, 0,
                 MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    const bool whole = came == std::vector<char>(sent.size(), static_cast<char>('a' + from % 26));
    if (!whole) MPI_Abort(MPI_COMM_WORLD, 98);
    if (rank == 0) std::cout << "exchanged" << std::endl;
}

// A probe does next to nothing, and would die of a fault of Open MPI 4 once in some thousand runs.
void end() {
#ifdef HASTY_FINALIZE
    hecaton::detail::launch::wait_for_threads_at_rest(std::chrono::milliseconds(250));
#endif
    MPI_Finalize();
}

}  // namespace

int main(int argc, char** argv) {
    MPI_Init(&argc, &argv);
    int rank = 0;
    int size = 0;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    const std::vector<std::string> words(argv + 1, argv + argc);
    auto word = words.begin();
    const auto next = [&] { return word == words.end() ? std::string() : *word++; };
    const auto number = [&] { return std::atoi(next().c_str()); };
    while (word != words.end()) {
        const std::string verb = next();
        if (verb == "rank") {
            std::cout << "rank " + std::to_string(rank) + " of " + std::to_string(size) + "\n" << std::flush;
        } else if (verb == "args") {
            for (; word != words.end(); ++word)
                if (rank == 0) std::cout << '<' << *word << ">\n";
        } else if (verb == "stdin") {
            if (rank == 0) copy_input();
        } else if (verb == "output") {
            const long bytes = std::atol(next().c_str());
            if (rank == 0) write_output(bytes);
        } else if (verb == "environment") {
            const std::string name = next();
            if (rank == 0) print_environment(name);
        } else if (verb == "pids") {
            std::ofstream(next() + "/" + std::to_string(rank)) << ::getpid() << std::endl;
        } else if (verb == "sleep") {
            std::this_thread::sleep_for(std::chrono::duration<double>(std::atof(next().c_str())));
        } else if (verb == "barriers") {
            for (int left = number(); left > 0; --left) MPI_Barrier(MPI_COMM_WORLD);
        } else if (verb == "exchange") {
            exchange(rank, size, number());
        } else if (verb == "start") {
            const std::string command = next();
            if (rank == 0 && std::system(command.c_str()) != 0) std::cerr << "it failed\n";
        } else if (verb == "on-term") {
            status_when_asked = number();
            told_when_asked = ::open(next().c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
            std::signal(SIGTERM, asked_to_end);
        } else if (verb == "exit") {
            const int who = number();
            const int status = number();
            if (who == rank) {
                end();
                return status;
            }
        } else if (verb == "drop") {
            const int who = number();
            const int status = number();
            if (who == rank) ::_exit(status);
        } else if (verb == "raise") {
            const int who = number();
            const int signal = number();
            if (who == rank) std::raise(signal);
        } else if (verb == "misuse") {
            const int nothing = 0;
            if (number() == rank) MPI_Send(&nothing, 1, MPI_INT, size, 0, MPI_COMM_WORLD);
        } else if (verb == "complain") {
            const int who = number();
            const std::string text = next();
            if (who == rank) std::cerr << text + "\n";
        } else if (verb == "abort") {
            const int who = number();
            const int status = number();
            if (who == rank) MPI_Abort(MPI_COMM_WORLD, status);
        } else {
            std::cerr << "mpi_probe: I do not know '" << verb << "'\n";
            MPI_Abort(MPI_COMM_WORLD, 99);
        }
    }
    end();
    return 0;
}
