// What the dispatcher remembers of jobs, workers and the chunks that they hold. Private to scheduling/.
//
// No event walks through all workers or all jobs: workers and chunks hang in lists of those that matter.
#pragma once

#include <algorithm>
#include <cstdint>
#include <hecaton/scheduling/dispatcher.hpp>
#include <hecaton/scheduling/slab.hpp>

namespace hecaton::detail::scheduling {

/// A chunk that some worker holds.
struct HeldChunk {
    std::uint64_t first = 0;
    std::uint64_t count = 0;
    double estimate = 0;  ///< seconds, as believed when it was sent; 0 where nothing was known or it was asked back
    Seconds sent_at = 0;
    Link at_worker;  ///< the worker's chunks, oldest first
    Link of_job;     ///< the job's chunks that are out
    Place job = nowhere;
    int worker = -1;
    std::uint32_t attempt = 1;
    bool blind = false;  ///< sent before anything of the job was measured
    bool asked = false;  ///< a recall has asked for it
    bool alone = false;  ///< its worker held nothing when it was sent, and nobody has heard of it since
};

/// Items that came back and wait to be sent again, before the job's new items.
struct Piece {
    std::uint64_t first = 0;
    std::uint64_t count = 0;
    Link link;
    std::uint32_t attempt = 1;
    bool single = false;  ///< one of these may have killed its worker: one block a chunk, so that the others survive it
    bool split = false;   ///< the rest of a chunk that was cut: shared among the workers that are idle
    /// It was asked for before it was begun. Sent whole to the next worker it would be asked for again, and so for
    /// ever.
    bool halve = false;
};

struct JobRecord {
    static constexpr std::uint64_t no_end = UINT64_MAX;

    JobSpec spec;             ///< `items` grows; `counters` says whether it is still open
    std::uint64_t order = 0;  ///< of submission
    std::uint64_t next = 0;   ///< so many items were sent, the first ones where there is no order
    std::size_t ordered = 0;  ///< so many pieces of the order were sent
    double left = 0;          ///< weight of the unsent items
    std::uint64_t back = 0;   ///< items in `pieces`
    List<&Piece::link> pieces;
    List<&HeldChunk::of_job> out;
    Place queued = nowhere;  ///< place in the queue of jobs with something to send
    bool cancelled = false;
    bool over = false;           ///< complete, although some of its items are still held
    std::uint64_t end = no_end;  ///< items from here on are not wanted
    std::uint64_t wanted = 0;    ///< of a job with an end: items before it that are not reported
    CostEstimate cost;
    JobCounters counters;

    /// More items may come, and will be run.
    bool open() const noexcept { return counters.open && !cancelled; }
    std::uint64_t unsent() const noexcept { return back + spec.items - next; }
    /// New items that may go out now: of an open input whole blocks only, since more items may complete the last one.
    std::uint64_t fresh() const noexcept {
        return spec.items - next - (open() && spec.block > 1 ? spec.items % spec.block : 0);
    }
    /// How many of the items [first, first + count) are wanted.
    std::uint64_t wanted_of(std::uint64_t first, std::uint64_t count) const noexcept {
        return first >= end ? 0 : std::min(count, end - first);
    }
    /// All of it is reported.
    bool whole() const noexcept { return unsent() == 0 && out.empty() && !open(); }
    bool sendable() const noexcept { return back != 0 || fresh() != 0; }
    /// New items that could make the next chunk.
    ItemRange upcoming() const noexcept {
        return spec.order != nullptr ? spec.order->pieces()[ordered] : ItemRange{next, fresh()};
    }
    /// Of items: what they cost by the order, where an item costs 1 on average; without one each has a weight of 1.
    double weight(std::uint64_t first, std::uint64_t count) const noexcept {
        return spec.order != nullptr ? spec.order->cost(first, count) : static_cast<double>(count);
    }
};

struct WorkerRecord {
    enum class Turn : std::uint8_t { none, idle, low };

    List<&HeldChunk::at_worker> held;
    std::uint32_t chunks = 0;
    std::uint32_t unasked = 0;  ///< chunks that no recall has asked for
    std::uint32_t blind = 0;    ///< chunks sent before anything of their job was measured
    int bucket = -1;            ///< in Donors: how much it could give back
    double load = 0;            ///< estimated seconds of all its chunks
    double travel = 0;          ///< seconds for a message to it and back; 0: not known
    Seconds since = 0;          ///< when its oldest chunk became the oldest
    Link turn_link;
    Seconds aged_at = 0;   ///< `since` when it was put in `ages`
    Seconds asked_at = 0;  ///< when it was recalled
    Link age_link;
    Link asked_link;
    Link donor_link;
    Turn turn = Turn::none;
    bool aged = false;  ///< in `ages`
    bool alive = true;
    bool expected = false;  ///< in `asked`
    bool recalled = false;  ///< has not answered yet; nothing is sent to it meanwhile
};

}  // namespace hecaton::detail::scheduling
