// What a worker does with a chunk of items, whatever their types: bytes in, bytes and errors out.
//
// A chunk's arguments are either an array of fixed-size records (trivially copyable arguments; for one argument that is
// the very array T[count], which is used where it lies) or frames: for each item a 64-bit length and its encoded
// arguments. The length `failed_frame` means that the arguments could not be encoded; a frame with their error follows
// in place of them. Results are either an array R[done], or frames for the items that did not fail. Errors go into a
// list of their own.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <hecaton/foundation/buffer.hpp>
#include <span>
#include <vector>

namespace hecaton::detail {

struct CallContext;

inline constexpr std::uint64_t failed_frame = ~std::uint64_t{0};

struct ChunkInput {
    std::span<const std::byte> items;
    std::uint64_t first = 0;  ///< position of the chunk's first item in its map
    std::uint64_t count = 0;
    std::uint32_t attempt = 1;
    std::uint64_t seed = 0;  ///< what this_task::random() is derived from, besides the index
    std::uint64_t skip = 0;  ///< leading items that are not run: they were before
    const CallContext* call = nullptr;
};

struct ItemTime {
    std::chrono::system_clock::time_point started;
    std::chrono::duration<double> duration{};
    std::uint64_t attempts = 1;  ///< runs of the item so far
};

class ItemSink;

struct ChunkOutput {
    std::byte* in_place = nullptr;  ///< where an array of results goes; null: into `values`
    Buffer values;                  ///< array or frames of results
    Buffer errors;                  ///< ErrorRecords one after the other, by rising index
    std::vector<ItemTime> times;    ///< one for each item run, when asked for
    bool with_times = false;        ///< in: whether they are
    ItemSink* sink = nullptr;  ///< in: told of each item at once; of framed values, errors and times none stays here
    std::uint64_t done = 0;    ///< items run (fewer than count after a stop)
    double computed = 0;       ///< seconds that they took, where a sandbox has run them

    /// For another chunk; keeps the memory.
    void reset(std::byte* place, bool times_wanted) {
        in_place = place;
        with_times = times_wanted;
        values.clear();
        errors.clear();
        times.clear();
        done = 0;
        computed = 0;
    }
};

/// Is told of each item of a chunk as soon as it is finished.
class ItemSink {
  public:
    virtual ~ItemSink();
    /// The next item has been run. It failed when there is something in `output.errors`; else `value` is its result: an
    /// element of the array, or a frame.
    virtual void item_done(const ChunkOutput& output, std::span<const std::byte> value) = 0;
};

/// How a sink gets results, and what is to be done with those of a chunk.
struct ItemResults {
    std::uint64_t value_bytes = 0;  ///< of each element where they make an array; 0: they are frames, or nothing
    std::uint64_t to_gather = 0;    ///< 1: Runner::gather() has to be called
    std::uint64_t block = 1;        ///< items that Pace::next() counts as one, from the chunk's first on
};

/// Decides between items whether to go on.
class Pace {
  public:
    virtual ~Pace();
    /// Called when all items that it has allowed before were run. Returns how many of the `left` items to run before
    /// the next call; 0: stop here.
    virtual std::uint64_t next(std::uint64_t left) = 0;
};

/// Goes on until a flag is set. It reads the flag and the clock about every 20 microseconds at most: that costs more
/// than a cheap item.
class TimedPace final : public Pace {
  public:
    explicit TimedPace(const std::atomic<bool>& stop) : stop_(stop) {}
    std::uint64_t next(std::uint64_t left) override;
    /// Forgets the time since the last call: a new chunk begins.
    void restart() { asked_ = {}; }

  private:
    const std::atomic<bool>& stop_;
    std::uint64_t stride_ = 1;
    std::chrono::steady_clock::time_point asked_;
};

/// One callable on one worker, rebuilt from the bytes of its closure.
class Runner {
  public:
    virtual ~Runner();
    /// Runs items until the chunk ends or `pace` says stop. Never throws for an item.
    virtual void run(const ChunkInput& input, ChunkOutput& output, Pace& pace) = 0;
    virtual ItemResults item_results() const { return {}; }
    /// `output` has what a sink was told, in order; turns it into what run() gives without a sink.
    virtual void gather(const ChunkInput& /*input*/, ChunkOutput& /*output*/) {}
};

/// Throws DecodeError unless the chunk's items are an array of as many records of that size.
void check_records(const ChunkInput& input, std::size_t record_bytes);

/// Tells the sink about an item, and forgets it.
void report_item(ChunkOutput& output, std::span<const std::byte> value);

/// Adds the exception that is being handled to the list of errors (call it inside a catch block).
void add_current_error(Buffer& errors, std::uint64_t index);

}  // namespace hecaton::detail
