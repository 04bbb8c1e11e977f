// What a job that has failed should be given when it is submitted again.
#pragma once

#include <cstdint>
#include <string>

#include <launcher/jobs/truth.hpp>

namespace hecaton::launcher::status {

/// Memory of a job, as far as it is known; 0 where it is not.
struct JobMemory {
    std::uint64_t used = 0;   ///< bytes, on the node that had the most
    std::uint64_t limit = 0;  ///< bytes, of a node
    std::string node = {};
    bool exhausted = false;  ///< the job has ended by that
};

/// From what the job and its batch system say. Pure.
JobMemory memory_of(const jobs::Known& known);

/// "3.9 of 4 GiB on n2"; empty where nothing is known.
std::string memory_text(const JobMemory& memory);

/// Why a job has ended before it was done, and the option to change; empty where there is none that would help. Pure.
std::string advice(const jobs::Known& known);

}  // namespace hecaton::launcher::status
