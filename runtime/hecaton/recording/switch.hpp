// Whether this process records what it does, for reports and traces.
//
// The room recording/ keeps what happens in a process (pieces of calls, SPMD collectives, regions), in bounded memory,
// and writes the recording: a text file that the process of rank 0 appends to while the program runs. Each line is a
// fact, and whole in itself; a program that died has its recording up to there. A line begins with a word for its kind.
// Texts are in JSON objects, which are the rest of the line. Times are nanoseconds on rank 0's CLOCK_MONOTONIC since
// `origin`; ranks are those of the world.
//
//     hecaton-recording 1
//     begin {"version":,"program":,"arguments":[],"unix_time":,"origin":,"ranks":}
//     rank {"rank":,"host":,"node":,"cores":,"pid":,"offset_ns":,"round_trip_ns":}
//     call {"call":,"kind":"map","name":,"items":,"time":}         items 0: not known yet
//     ran CALL RANK FIRST COUNT START DURATION ATTEMPT             the items [FIRST, FIRST+COUNT) of a call
//     lost CALL RANK INDEX TIME ATTEMPT                            an item that was run when its worker was lost
//     error {"call":,"index":,"rank":,"host":,"type":,"text":}
//     end_call {"call":,"time":,"items":,"failed":, ...}           as in Report, seconds as numbers
//     collective RANK START DURATION BYTES NAME
//     region RANK START DURATION {"name":}
//     lost_rank {"rank":,"host":,"time":,"why":}
//     end_rank {"rank":,"cpu":,"peak_bytes":,"time":}
//     dropped {"rank":,"count":}                                   events for which there was no room
//     end {"time":,"status":}
//
// The pieces of a rank do not overlap, unless its threads compute side by side: for several pools, while an item of a
// call that was cancelled ends, or for moments where several threads call. An item of 20 us or more has a piece of its
// own; shorter ones are recorded together.
#pragma once

#include <atomic>

namespace hecaton::detail::recording {

extern constinit std::atomic<bool> is_on;

/// To be asked before anything else of this room.
inline bool on() noexcept { return is_on.load(std::memory_order_relaxed); }

}  // namespace hecaton::detail::recording
