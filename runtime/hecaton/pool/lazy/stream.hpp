// LazyStream: an imap as the thread that iterates sees it, whatever its types. It reads ahead, waits for results, and
// stands at one item after the other.
#pragma once

#include <cstdint>
#include <exception>
#include <hecaton/pool/calls/job.hpp>
#include <hecaton/pool/lazy/input.hpp>
#include <memory>
#include <string>
#include <vector>

namespace hecaton::detail {

class Driver;
struct CallSurroundings;

/// What a stream's job is made of.
struct LazyCall {
    std::uint32_t task = 0;
    Buffer closure;
    Signature signature;
    bool ordered = true;
    bool with_times = false;
    MapOptions options;
    std::shared_ptr<const std::vector<std::string>> hosts;  ///< names by rank, for outcomes
};

class LazyStream {
  public:
    enum class Place : std::uint8_t {
        fresh,        ///< before the first item
        item,         ///< at an item that has a result or an error
        input_error,  ///< where the input threw
        cancelled,    ///< at an item that will not run
        end,
    };

    /// Submits the job and reads the first items. Throws UsageError for bad options, JournalError.
    LazyStream(std::shared_ptr<Driver> driver, LazyCall call, std::unique_ptr<LazyInput> input,
               const CallSurroundings& around);
    /// Cancels what has not started.
    ~LazyStream();
    LazyStream(const LazyStream&) = delete;
    LazyStream& operator=(const LazyStream&) = delete;

    /// Throws UsageError inside a task or a callback.
    void check_thread() const;
    /// Goes to the next item, and waits for it.
    void advance();
    Place place() const noexcept { return place_; }

    // ---- at an item ----
    std::uint64_t index() const noexcept { return index_; }
    /// The chunk that it came with.
    const ChunkResults& chunk() const noexcept;
    /// The item's error, or null.
    const ErrorRecord* error();
    /// Reads the values of the chunk's items one after the other.
    Reader& values() noexcept;

    /// Where the input threw, or at a cancelled item: why.
    std::exception_ptr failure() const;
    /// One of the results did not decode.
    void add_failure() noexcept;
    /// Throws UsageError before the end.
    Report report() const;
    /// The name of the host of the rank that ran it.
    const std::string& host() const;

  private:
    struct State;

    void find_block();
    void read_ahead(bool waiting);
    void read_batch(std::uint64_t most);
    void restore(ItemSegment& segment);
    std::uint64_t room() const;
    bool widen();
    bool leave_out_rest();

    Place place_ = Place::fresh;
    std::uint64_t index_ = 0;
    std::uint64_t block_end_ = 0;  // behind the last item of the current block
    std::uint64_t read_ = 0;       // items
    std::uint64_t yielded_ = 0;    // items, the current one included
    std::int64_t read_below_ = 0;  // so few items between the two are a reason to read more; -1: nothing is left
    const std::unique_ptr<State> state_;
};

}  // namespace hecaton::detail
