// How a job of the chaos is started, and how often it is struck: chosen by its seed.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "room.hpp"

namespace chaos {

/// Hosts that are namespaces of this machine, where there are some.
struct Hosts {
    std::vector<std::string> front = {};  ///< words in front of a command that is to run on the first of them
    std::vector<std::string> names = {};
    std::vector<int> first_processes = {};
};

struct Plan {
    /// `whole`: with a journal, and struck often.
    Plan(std::mt19937_64& random, const Hosts& hosts, bool whole);

    std::uint64_t ranks = 1;
    std::uint64_t restarts = 0;
    bool journal = false;
    bool by_itself = false;         ///< the program launches itself
    bool without_launcher = false;  ///< and finds no `hecaton`
    long microseconds = 0;          ///< an item takes
    std::uint64_t strikes = 0;
    bool hangs = false;  ///< some ranks are stopped until they count as dead
    const Hosts& hosts;

    std::string text() const;
    std::vector<std::string> program(const std::string& file, std::uint64_t seed, long time,
                                     const std::string& trace) const;
    Command command(const std::string& launcher, const std::string& file, std::uint64_t seed,
                    const std::string& trace) const;
};

}  // namespace chaos
