// The Process program of Python's multiprocessing tutorial: five processes of their own, on however many ranks, each
// with a process id of its own.
//
//     hecaton run -n 2 ./article_process     # or just ./article_process: it launches itself on all cores
#include <fmt/format.h>
#include <unistd.h>

#include <hecaton/hecaton.hpp>
#include <string>
#include <vector>

void worker(const std::string& name) { fmt::print("Child process {} is running, process ID is: {}\n", name, getpid()); }

int main(int argc, char** argv) {
    return hecaton::run(argc, argv, [](hecaton::Pool& pool) {
        std::vector<hecaton::Process> processes;
        for (int i = 0; i < 5; ++i) {
            processes.emplace_back(pool, worker, fmt::format("Process-{}", i));
            processes.back().start();
        }
        for (auto& process : processes) process.join();
    });
}
