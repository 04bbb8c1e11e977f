// The slots of a batch job, divided among the runs of hecaton in it.
#pragma once

#include <functional>
#include <hecaton/foundation/descriptor.hpp>
#include <string>
#include <vector>

#include <launcher/engines/facts.hpp>

namespace hecaton::launcher {

/// The slots that a run has taken.
struct JobSlots {
    std::vector<detail::Descriptor> held = {};  ///< as long as these are open
    std::string note = {};                      ///< where there were not enough: the line for the user
};

/// claim(), or what a test puts in its place.
using Claim = std::function<detail::Descriptor(const std::string& name)>;

/// Takes slots for the ranks of `options` which no other run of the job on this machine has. Where others have some,
/// the options come back with the nodes and slots that are left: as hosts, and as number of ranks where none was asked
/// for. Where too few are left, and outside of jobs, the options stay as they are.
RunOptions divide_job(RunOptions options, const PlanFacts& facts, JobSlots& slots, const Claim& claim);

}  // namespace hecaton::launcher
