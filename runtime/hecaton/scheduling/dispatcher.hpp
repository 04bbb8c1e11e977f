// Decides which worker runs which items: a state machine without I/O.
//
// Events go in (the public functions), actions come out (actions()). It calls no MPI, reads no clock and owns no
// thread, so the same code runs over MPI, inside one process, and in a simulation with virtual time and injected
// faults.
//
// What it promises: for each item of each job that was not done before exactly one of these happens: a worker's
// finished() covers it, or a `lost` or a `cancelled` action does. Once all items of a job are so reported (and its
// input is closed) there is one `complete` action.
#pragma once

#include <cstdint>
#include <hecaton/scheduling/chunk.hpp>
#include <hecaton/scheduling/chunk_sizing.hpp>
#include <hecaton/scheduling/cost_order.hpp>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace hecaton::detail::scheduling {

using Seconds = double;  // since any fixed moment

/// One call of map or apply, as the dispatcher sees it: so many items, and how they may be cut.
struct JobSpec {
    std::uint64_t items = 0;       ///< known now; extend() adds more
    bool open = false;             ///< more items may come (extend) until close_input()
    std::uint64_t chunk_size = 0;  ///< items a chunk; 0: automatic
    /// Chunks of an explicit size go out in runs of up to so many items; 0: each on its own.
    std::uint64_t together = 0;
    std::uint64_t block = 1;  ///< chunks begin at multiples of this and, the last apart, hold multiples of it
    int attempts = 3;         ///< runs of an item whose worker was lost, before it is given up as `lost`
    /// What its items cost in relation to each other, for the same chunk_size and block: its pieces are the chunks, in
    /// their order. Null: by index. Not for an open input.
    std::shared_ptr<const CostOrder> order = nullptr;
    double expected = 0;  ///< seconds that an item takes by what is known of others; 0: nothing is
    /// Items whose results are there already, by rising index, as in CostOrderLimits: they are not sent, and no action
    /// reports them.
    std::span<const ItemRange> done = {};
};

/// What a worker was doing when it was lost.
struct LastItem {
    enum class Known : std::uint8_t {
        nothing,  ///< it may have been any item of its oldest chunk
        none,     ///< it was not running any item
        item,     ///< `index`, in its oldest chunk that has it
    };
    Known known = Known::nothing;
    std::uint64_t index = 0;
};

struct Action {
    enum class Kind : std::uint8_t {
        send,       ///< send `chunk` to `worker`
        recall,     ///< ask `worker` for the items that it has not started; it answers with returned()/finished(), then
                    ///< recall_answered()
        lost,       ///< give up the items of `chunk`: the last worker that ran them was `worker`
        cancelled,  ///< the items of `chunk` will not run (only job, first and count are meant)
        complete,   ///< all items of `chunk.job` are reported; the dispatcher has forgotten the job
    };
    Kind kind;
    int worker = -1;
    Chunk chunk;
};

/// What became of a job, for reports. Every item is in exactly one of done_before, finished, lost and cancelled in the
/// end.
struct JobCounters {
    JobId job = 0;
    bool open = false;              ///< more items may come; in the end: it was cancelled before its input was closed
    std::uint64_t items = 0;        ///< known so far
    std::uint64_t done_before = 0;  ///< items that were never sent, since their results were there
    std::uint64_t finished = 0;     ///< items
    std::uint64_t lost = 0;         ///< items
    std::uint64_t cancelled = 0;    ///< items
    std::uint64_t chunks = 0;       ///< sent
    std::uint64_t retried = 0;      ///< chunks sent because an earlier run's worker was lost (attempt > 1)
    std::uint64_t returned = 0;     ///< chunks that came back unstarted or partly done
    Seconds computed = 0;           ///< sum of what finished() said
    bool out_of_time = false;       ///< items were cancelled because they could not be run in time
    std::uint64_t drained = 0;      ///< those of `finished` that did after that
};

class Dispatcher {
  public:
    explicit Dispatcher(SizingOptions options = {});
    Dispatcher(Dispatcher&&) noexcept;
    Dispatcher& operator=(Dispatcher&&) noexcept;
    ~Dispatcher();

    // ---- events ----
    /// A worker is ready for chunks. Returns its number: 0, 1, 2, ... in the order of these calls.
    int add_worker(Seconds now);
    /// New work, served in the order of submission (a later job's items go out when no earlier one has any left to
    /// send).
    JobId submit(const JobSpec& spec, Seconds now);
    /// `more` items follow those that are known, of which these are `done`; only while the job's input is open.
    void extend(JobId job, std::uint64_t more, Seconds now, std::span<const ItemRange> done = {});
    void close_input(JobId job, Seconds now);
    /// The first `done` items of a chunk have been run, which took `seconds` of computing; any others come back
    /// unstarted (a worker that stops in the middle stops at a multiple of the job's block). Ignored when the chunk is
    /// not (or no longer) with that worker, which happens after worker_lost; returns whether it counted: only then may
    /// the caller take over the results.
    bool finished(int worker, ChunkId chunk, std::uint64_t done, Seconds seconds, Seconds now);
    /// The same of the next `done` items of a run; its last `back` items come back, and the worker keeps those in
    /// between.
    bool progressed(int worker, ChunkId chunk, std::uint64_t done, std::uint64_t back, Seconds seconds, Seconds now);
    /// A worker gives back a chunk that it has not started (after a recall or a cancellation). Same rule as finished().
    bool returned(int worker, ChunkId chunk, Seconds now) { return finished(worker, chunk, 0, 0, now); }
    /// The worker has answered a recall: nothing that it has not started is left with it.
    void recall_answered(int worker, Seconds now);
    /// Its items are sent again, to others. Those that may have killed it go on apart, one block a chunk, and it counts
    /// as a run of theirs; the last of their runs are given up as `lost`.
    void worker_lost(int worker, Seconds now, LastItem last = {});
    /// One that was lost is ready for chunks again.
    void worker_back(int worker, Seconds now);
    /// Items that no worker holds are reported `cancelled` at once; the workers that hold some are asked to give back
    /// what they have not started (`recall`), which is then reported `cancelled` too. Items that finish meanwhile count
    /// as finished.
    void cancel(JobId job, Seconds now);
    /// Items from `from` on are not wanted, whether the job's input is open or not; of a job with an order `from` is 0.
    /// Nobody waits for those of them that run: as soon as the items before are reported, all that are left are
    /// reported `cancelled`, also those that workers hold, and the job is complete; finished() then returns false for
    /// them. Workers are asked as by cancel(). To be repeated with a lower `from`.
    void cut(JobId job, std::uint64_t from, Seconds now);
    /// Results are of use until `last`. Items that cannot be run until then, as far as is known of their costs, are
    /// cancelled as by cancel(), as soon as that is so, and jobs that are submitted after `last` at once. May be called
    /// again with another moment.
    void end_at(Seconds last, Seconds now);
    /// Time has passed; call it now and then (next_tick says when at the latest).
    void tick(Seconds now);

    // ---- what follows from them ----
    /// Actions in the order in which they are to be carried out. Valid until clear_actions(); events append to it.
    const std::vector<Action>& actions() const noexcept;
    void clear_actions() noexcept;
    /// The counters of the jobs that the `complete` actions name, in the same order; gone with clear_actions().
    const std::vector<JobCounters>& completed() const noexcept;
    /// When tick() is to be called at the latest (a time in the past: now); nothing when only an event can change
    /// anything.
    std::optional<Seconds> next_tick() const noexcept;

    // ---- state ----
    int workers_alive() const noexcept;
    /// Jobs that are not complete yet.
    std::size_t jobs() const noexcept;
    /// Jobs that are complete, although workers still hold items of them.
    std::size_t leftovers() const noexcept;
    /// Chunks that worker holds.
    std::size_t chunks_at(int worker) const noexcept;
    /// Items of that job that the worker holds.
    std::uint64_t items_at(int worker, JobId job) const noexcept;
    /// What is left of a chunk that the worker holds: its job and its items; nothing where it does not (any longer).
    std::optional<Chunk> held(int worker, ChunkId chunk) const noexcept;
    /// What is left of the chunk that the worker got first, or of the first one that has the item `last.index`.
    std::optional<Chunk> oldest(int worker, LastItem last = {}) const noexcept;
    /// Of a job that is not complete; nothing for any other.
    std::optional<JobCounters> counters(JobId job) const noexcept;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace hecaton::detail::scheduling
