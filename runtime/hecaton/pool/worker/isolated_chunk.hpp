// IsolatedChunk: the state of a chunk that runs in sandboxes: which items are finished, and with which results.
#pragma once

#include <chrono>
#include <hecaton/pool/worker/chunk_queue.hpp>
#include <hecaton/recording/pieces.hpp>
#include <hecaton/survival/sandbox.hpp>
#include <hecaton/tasks/error_record.hpp>
#include <optional>
#include <string>

namespace hecaton::detail {

class IsolatedChunk {
  public:
    using Clock = Sandbox::Clock;

    /// `pieces` gets each item when it is finished.
    IsolatedChunk(const QueuedChunk& chunk, ChunkOutput& results, recording::PieceList& pieces)
        : chunk_(chunk), isolation_(chunk.isolation.value_or(ItemIsolation{})), results_(results), pieces_(pieces) {}

    const QueuedChunk& chunk() const noexcept { return chunk_; }
    bool finished() const noexcept { return done_ == chunk_.chunk.count; }
    std::uint64_t done() const noexcept { return done_; }
    /// Which run of the current item this is.
    std::uint32_t attempt() const noexcept { return chunk_.chunk.attempt + crashes_; }
    /// When the current item, which has begun, will have taken too long; empty: never.
    std::optional<Clock::time_point> deadline() const;

    /// The first item begins.
    void begun(const ItemResults& results);
    /// The current item is finished, and the next one begins.
    void item(const Sandbox::Message& message);
    /// The current item's process has ended with that status. The item will be run again, up to the job's attempts.
    void crashed(int status);
    void timed_out();
    /// The current item and all behind it fail with that.
    void fail_rest(ErrorRecord why);
    /// Puts the results together.
    void gather();

  private:
    void fail_item(ErrorRecord::Kind kind, const char* type_name, std::string text);
    void add_time(std::uint64_t attempts);
    void add_lost_run();
    void next_item();
    void note_item(Clock::time_point now) noexcept;
    void make_room(std::uint64_t items);

    const QueuedChunk& chunk_;
    const ItemIsolation isolation_;
    ChunkOutput& results_;
    recording::PieceList& pieces_;
    ItemResults layout_;
    bool layout_known_ = false;
    std::uint64_t done_ = 0;
    // Of the current item.
    std::uint32_t crashes_ = 0;
    std::string last_end_;
    bool always_the_same_end_ = true;
    Clock::time_point begun_ = Clock::now();  // its last run
    Clock::time_point first_begun_ = begun_;  // its first one
};

}  // namespace hecaton::detail
