// What the dispatcher remembers, and the steps that its events are made of. Private to scheduling/.
//
// Nothing here walks through all workers or all jobs on an event: workers and chunks hang in lists of those that
// matter.
#pragma once

#include <array>
#include <hecaton/scheduling/dispatcher.hpp>
#include <hecaton/scheduling/job_queue.hpp>
#include <hecaton/scheduling/slab.hpp>

namespace hecaton::detail::scheduling {

/// A chunk that some worker holds.
struct HeldChunk {
    std::uint64_t first = 0;
    std::uint64_t count = 0;
    double estimate = 0;  ///< seconds, as believed when it was sent; 0 where nothing was known or it was asked back
    Link at_worker;       ///< the worker's chunks, oldest first
    Link of_job;          ///< the job's chunks that are out
    Place job = nowhere;
    int worker = -1;
    std::uint32_t attempt = 1;
    bool blind = false;  ///< sent before anything of the job was measured
    bool asked = false;  ///< a recall has asked for it
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

struct Job {
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
    CostEstimate cost;
    JobCounters counters;

    /// More items may come, and will be run.
    bool open() const noexcept { return counters.open && !cancelled; }
    std::uint64_t unsent() const noexcept { return back + spec.items - next; }
    /// New items that may go out now: of an open input whole blocks only, since more items may complete the last one.
    std::uint64_t fresh() const noexcept {
        return spec.items - next - (open() && spec.block > 1 ? spec.items % spec.block : 0);
    }
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

struct Worker {
    enum class Turn : std::uint8_t { none, idle, low };

    List<&HeldChunk::at_worker> held;
    std::uint32_t chunks = 0;
    std::uint32_t unasked = 0;  ///< chunks that no recall has asked for
    std::uint32_t blind = 0;    ///< chunks sent before anything of their job was measured
    int shelf = -1;             ///< in `givers`: how much it could give back
    double load = 0;            ///< estimated seconds of all its chunks
    Seconds since = 0;          ///< when its oldest chunk became the oldest
    Link turn_link;
    Seconds aged_at = 0;   ///< `since` when it was put in `ages`
    Seconds asked_at = 0;  ///< when it was recalled
    Link age_link;
    Link asked_link;
    Link giver_link;
    Turn turn = Turn::none;
    bool aged = false;  ///< in `ages`
    bool alive = true;
    bool expected = false;  ///< in `asked`
    bool recalled = false;  ///< has not answered yet; nothing is sent to it meanwhile
};

/// Workers that hold something that others could run, by how much (within 19%): the most loaded is found at once.
class Givers {
  public:
    /// The shelf for so many seconds, from 0 up; -1 for nothing worth mentioning.
    static int shelf_for(double seconds) noexcept;
    void move(std::vector<Worker>& workers, Place worker, int shelf) noexcept;
    /// The first worker of the highest shelf up to `shelf`, or `nowhere`.
    Place highest(int shelf = shelves - 1) const noexcept;
    static constexpr int shelves = 256;

  private:
    std::array<List<&Worker::giver_link>, shelves> lists_;
    std::array<std::uint64_t, shelves / 64> filled_{};
};

/// What would be sent next of a job.
struct Cut {
    Chunk chunk;
    Place piece = nowhere;
    std::uint64_t there = 0;  ///< items that could go out together with these
    double estimate = 0;
    bool blind = false;
    bool short_of_full = false;  ///< fewer items than an explicit chunk size asks for
};

struct Dispatcher::State {
    explicit State(SizingOptions sizing) : options(sizing) {}

    // Jobs and their items (dispatcher_jobs.cpp).
    void add_known(Place job, std::uint64_t more);
    void report(Action::Kind kind, int worker, Place job, std::uint64_t first, std::uint64_t count,
                std::uint32_t attempt);
    void give_back(Place job, Piece piece, int worker);
    void drop_unsent(Place job, Action::Kind kind, bool whole);
    void drop_everything_unsent();
    void report_new(Place job, Action::Kind kind, int worker, std::uint64_t count);
    void queue_if_sendable(Place job);
    bool settle(Place job);
    void detach(Place chunk, Seconds now);
    void shorten(Place chunk, std::uint64_t done, std::uint64_t back, Seconds now);

    // Who gets what (dispatcher_supply.cpp).
    void count_workers(int change);
    Cut plan(Place job, const Worker& worker) const;
    bool wants(const Worker& worker, const Job& job, const Cut& cut, Seconds now) const;
    void lengthen(Cut& cut, const Worker& worker, const Job& job) const;
    bool low(const Worker& worker) const;
    double item_seconds(const Job& job) const noexcept;
    double rest_seconds(const Job& job) const noexcept;
    double uncertainty(const Job& job, const Cut& cut) const noexcept;
    void send(Place worker, Place job, const Cut& cut, Seconds now);
    void refill(Place worker, Seconds now);
    void serve(Seconds now);
    void leave_turn(Place worker);

    // Who gives back (dispatcher_recall.cpp).
    void note_load(Place worker);
    void recall(Place worker, Seconds now);
    void expect_nothing(Place worker);
    void balance(Seconds now);
    bool worth_asking(const Worker& worker, Seconds now) const;

    bool abandoned() const noexcept { return alive == 0 && last_lost >= 0; }

    SizingOptions options;
    Slab<HeldChunk> chunks;
    Slab<Piece> pieces;
    Slab<Job> jobs;
    std::vector<Worker> workers;
    JobQueue ready;
    List<&Worker::turn_link> idle;  ///< workers without a chunk, longest idle first
    List<&Worker::turn_link> few;   ///< workers that would take more than there was for them
    List<&Worker::age_link> ages;   ///< workers that could give something back, longest without news first
    Givers givers;
    CostEstimate usual;  ///< of all jobs together: the guess for a job of which nothing is measured
    std::uint64_t submitted = 0;
    std::uint64_t unsent = 0;  ///< items of all jobs
    int alive = 0;
    int last_lost = -1;
    int idle_count = 0;
    List<&Worker::asked_link> asked;  ///< workers whose answer to a recall is expected soon, longest asked first
    int recalls = 0;                  ///< workers in `asked`
    // The options, for as many workers as there are:
    std::uint64_t queue = 0;
    double ahead = 0;
    double shortest = 0;
    double patience = 0;
    std::vector<Action> actions;
    std::vector<JobCounters> completed;
};

}  // namespace hecaton::detail::scheduling
