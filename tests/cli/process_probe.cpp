// A program with Processes that ends in the way that its first argument names. Each rank and each process leaves its
// process id in a file of the folder that is its second argument.
#include <fmt/core.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <hecaton/hecaton.hpp>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "probe.hpp"

namespace {

using namespace std::chrono_literals;

void stay(const std::string& folder, const std::string& name) {
    probe::leave_pid(folder, name);
    probe::sleep_long();
}

void stay_stubbornly(const std::string& folder, const std::string& name) {
    ::signal(SIGTERM, SIG_IGN);
    stay(folder, name);
}

void finish_late(const std::string& folder, const std::string& name) {
    probe::leave_pid(folder, name);
    std::this_thread::sleep_for(500ms);
    fmt::print("finished\n");
}

int body(hecaton::Pool& pool, const std::string& what, const std::string& folder) {
    const auto function = what == "drain" ? finish_late : what.starts_with("stubborn") ? stay_stubbornly : stay;
    std::vector<hecaton::Process> processes;
    for (int i = 0; i < 4; ++i) {
        processes.emplace_back(pool, function, folder, fmt::format("process-{}", i));
        processes.back().start();
    }
    for (int i = 0; i < 4; ++i) probe::wait_for(folder, fmt::format("process-{}", i));
    if (what.ends_with("throw")) throw std::runtime_error("the body gives up");
    if (what.ends_with("exit")) std::exit(3);
    if (what == "terminate") {
        pool.terminate();
        for (auto& process : processes) process.join();
        for (auto& process : processes) fmt::print("{}\n", process.exit_code().value());
        return 0;
    }
    if (what == "drain") return 0;
    for (auto& process : processes) process.join();
    return 0;
}

int fail(hecaton::Pool& pool) {
    hecaton::Process process(pool, [] { throw std::out_of_range("no such thing"); });
    process.name("Failing").start();
    process.join();
    fmt::print("{}\n", process.exit_code().value());
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    return probe::run(argc, argv, {}, [](hecaton::Pool& pool, const std::string& what, const std::string& folder) {
        if (what == "fail") return fail(pool);
        if (what == "closed") pool.close();
        if (what == "closed" || what == "own-mpi") hecaton::Process(pool, [] {}).start();
        return body(pool, what, folder);
    });
}
