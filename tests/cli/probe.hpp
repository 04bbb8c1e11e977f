// What the programs of this folder share that leave their process ids for a script to look at.
#pragma once

#include <fmt/core.h>
#include <mpi.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

namespace probe {

/// Leaves this process's id in the file `name` of the folder; several processes may leave theirs under one name.
inline void leave_pid(const std::string& folder, const std::string& name) {
    const std::string file = fmt::format("{}/.{}-{}", folder, name, ::getpid());  // not seen until it is whole
    std::ofstream(file) << ::getpid() << '\n';
    std::filesystem::rename(file, folder + "/" + name);
}

/// Waits until somebody has left an id under that name; ten seconds at most.
inline void wait_for(const std::string& folder, const std::string& name) {
    using namespace std::chrono_literals;
    for (int i = 0; i < 1'000 && !std::filesystem::exists(folder + "/" + name); ++i) std::this_thread::sleep_for(10ms);
}

/// A rank leaves its id; what is no rank, or has no folder, does not.
inline void leave_pid_of_rank(const std::string& folder) {
    if (const char* rank = std::getenv("OMPI_COMM_WORLD_RANK"); rank != nullptr && !folder.empty())
        leave_pid(folder, std::string("rank-") + rank);
}

/// MPI as the program's own, started before hecaton is asked to.
inline void start_own_mpi(int argc, char** argv) {
    int provided = 0;
    MPI_Init_thread(&argc, &argv, MPI_THREAD_MULTIPLE, &provided);
}

}  // namespace probe
