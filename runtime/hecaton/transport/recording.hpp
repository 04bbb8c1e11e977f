// The recording of a job from its first line to its last: who records where, and what comes together in the end.
#pragma once

#include <cstdint>
#include <hecaton/transport/communicator.hpp>

namespace hecaton::detail {

/// Begins the recording that the environment wants (launch/recording.hpp), unless it has begun. Collective over the
/// communicator; `root` says what is wanted, and nothing is recorded unless it is rank 0 of the world.
/// `whole`: the communicator is the world, of which end_recording() collects what is left.
void start_recording(MPI_Comm communicator, int root, bool whole);

/// The process exits with that status. `all_there`: so do all other ranks of the world, which call it too; then rank 0
/// gets what is left with them.
void end_recording(int status, bool all_there) noexcept;

struct ClockOffset {
    std::int64_t offset = 0;      ///< ns to add to the peer's clock to get ours; right to half the round trip
    std::int64_t round_trip = 0;  ///< ns of the quickest exchange
};

/// Both ranks call one of these at the same time. `clock` gives nanoseconds.
ClockOffset measure_clock(MPI_Comm communicator, int peer, std::int64_t (*clock)());
void answer_clock(MPI_Comm communicator, int asker, std::int64_t (*clock)());

}  // namespace hecaton::detail
