// Shared by the programs with pools of this folder, which leave their process ids for a script to look at.
#pragma once

#include <fmt/core.h>
#include <mpi.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <hecaton/hecaton.hpp>
#include <string>
#include <thread>

namespace probe {

/// Leaves this process's id in the file `name` of the folder; several processes may leave theirs under one name.
inline void leave_pid(const std::string& folder, const std::string& name) {
    const std::string file = fmt::format("{}/.{}-{}", folder, name, ::getpid());  // not seen until it is whole
    std::ofstream(file) << ::getpid() << '\n';
    std::filesystem::rename(file, folder + "/" + name);
}

/// Waits until somebody has left an id under that name.
inline void wait_for(const std::string& folder, const std::string& name) {
    using namespace std::chrono_literals;
    while (!std::filesystem::exists(folder + "/" + name)) std::this_thread::sleep_for(10ms);
}

/// Longer than any test.
inline void sleep_long() { std::this_thread::sleep_for(std::chrono::hours(24)); }

/// How the program is to go wrong: its first argument.
inline std::string what(int argc, char** argv) { return argc > 1 ? argv[1] : ""; }

/// main: each rank leaves its id in the folder that is the second argument, and `body(pool, what, folder)` runs on the
/// root. With "own-mpi" MPI is the program's own, which has started it before.
template <class Body>
int run(int argc, char** argv, hecaton::PoolOptions options, Body body) {
    const std::string folder = argc > 2 ? argv[2] : "";
    if (const char* rank = std::getenv("OMPI_COMM_WORLD_RANK"); rank != nullptr && !folder.empty())
        leave_pid(folder, std::string("rank-") + rank);
    const bool own_mpi = what(argc, argv) == "own-mpi";
    int provided = 0;
    if (own_mpi) MPI_Init_thread(&argc, &argv, MPI_THREAD_MULTIPLE, &provided);
    const int status = hecaton::run(argc, argv, std::move(options),
                                    [&](hecaton::Pool& pool) -> int { return body(pool, what(argc, argv), folder); });
    if (own_mpi) MPI_Finalize();
    return status;
}

}  // namespace probe
