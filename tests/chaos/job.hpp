// One job of the chaos: a program that is started, struck at random moments, and started again until it has ended well.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>

#include "plan.hpp"
#include "processes.hpp"

namespace chaos {

struct Settings {
    std::string launcher;
    std::string program;
    std::uint64_t seed = 1;
    long kills = 200;
    long jobs = 0;                     ///< at most so many; 0: as many as the kills need
    std::chrono::seconds duration{0};  ///< go on for so long instead; 0: until there were `kills`
    std::chrono::seconds limit{120};   ///< a job that does nothing for so long hangs
    int lanes = 4;                     ///< jobs at the same time
    bool hangs = false;                ///< ranks that are stopped never go on by themselves
    bool whole = false;                ///< all of the job is killed each time
    bool verbose = false;
    Hosts hosts = {};
};

/// What all lanes have done together; in memory that they share.
struct Tally {
    std::atomic<long> jobs;
    std::atomic<long> starts;
    std::atomic<long> kills;
    std::atomic<long> pauses;
    std::atomic<long> hung_engines;  ///< mpiruns that did not end when the launcher was killed
    std::atomic<long> whole_jobs;    ///< kills of all of a job at once
    std::array<std::atomic<long>, 9> by_role;
    std::atomic<bool> stop;
};

/// Runs the job of that seed. Throws std::runtime_error, which says what is wrong, where something is.
void run_job(const Settings& settings, std::uint64_t seed, Tally& tally);

}  // namespace chaos
