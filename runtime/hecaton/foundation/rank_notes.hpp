// RankNotes: memory in which a rank and the shim around it, which `hecaton run` starts, leave each other notes.
//
// The rank says how far it is, which its shim reads after its death too. The shim passes on what the launcher knows,
// such as the ranks that are lost. All of it is plain loads and stores: nobody waits for anybody.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

namespace hecaton::detail {

/// How far a rank is.
enum class RankStage : std::uint32_t {
    other,        ///< its death ends the job
    opening,      ///< it starts MPI or opens the pool of hecaton::run: nothing of the program has begun
    serving,      ///< it serves a pool whose root goes on without it
    driving,      ///< it is the root of a pool: its death ends the job, and so does a stop that does not end
    leaving,      ///< it is in MPI_Finalize, and has nothing else to do
    unfinalized,  ///< it ends without MPI_Finalize, since another rank is lost
    finalized,    ///< it has nothing to do any more but to end
};

/// The death of another rank, which the job has survived.
struct LostRank {
    std::int32_t rank = -1;
    std::int32_t status = 0;          ///< as from waitpid()
    std::uint32_t out_of_memory = 0;  ///< the kernel killed it for want of memory
    std::uint32_t hung = 0;           ///< it was stopped for too long
    enum class Doing : std::uint32_t { unknown, no_item, item };
    Doing doing = Doing::unknown;
    std::uint64_t index = 0;  ///< of the item
    std::uint32_t full_stack = 0;
};

/// How far the call is that the root of a pool works on.
struct NotedProgress {
    std::atomic<std::uint32_t> changes;  ///< odd while it is being written
    std::uint32_t length;                ///< of the name
    char name[64];                       ///< what fits of it
    std::atomic<std::uint64_t> items;    ///< 0: nothing was noted
    std::atomic<std::uint64_t> done;
    std::atomic<std::uint64_t> failed;
};

/// A call of a pool that has gone on for a moment. Of many at once only some have a place.
struct NotedCall {
    std::atomic<std::uint32_t> changes;  ///< odd while it is being written
    std::uint32_t length;                ///< of the name
    char name[64];                       ///< what fits of it
    std::atomic<std::uint32_t> taken;    ///< it goes on
    std::atomic<std::uint32_t> wanted;   ///< MapOptions::progress
    std::atomic<std::uint64_t> number;   ///< among those of the rank, from 1; 0: none was here yet
    std::atomic<std::uint64_t> items;    ///< 0: nobody knows how many
    std::atomic<std::uint64_t> done;     ///< the failed and the restored ones included
    std::atomic<std::uint64_t> failed;
    std::atomic<std::uint64_t> restored;      ///< from a journal: they took no time
    std::atomic<std::uint64_t> milliseconds;  ///< since it began, when this was written
};

struct RankNotes {
    /// The environment variable with the MemoryFile::Address of the file.
    static constexpr const char* variable = "HECATON_RANK_NOTES";
    static constexpr std::uint32_t known_layout = 3;
    static constexpr std::size_t most_lost = 4'000;
    static constexpr std::size_t most_calls = 8;
    /// What the launcher shows of the calls, so that the rank need not.
    enum class Shown : std::uint32_t { nothing, wanted, all };

    std::atomic<std::uint32_t> layout;  ///< 0: no runtime uses the notes; others: a runtime of another version
    // The rank writes:
    std::atomic<RankStage> stage;
    std::atomic<std::int32_t> leaving_status;  ///< that it leaves with
    NotedProgress progress;
    std::array<NotedCall, most_calls> calls;
    // The shim writes:
    std::atomic<Shown> shown;               ///< before the rank starts
    std::atomic<std::uint32_t> lost_ranks;  ///< so many of `lost` are there
    std::array<LostRank, most_lost> lost;
};
static_assert(std::atomic<RankStage>::is_always_lock_free);

/// Maps the notes that the environment names, if it names any. Before the first pool, and before other processes are
/// forked.
void find_rank_notes();

/// Null where there are none: the rank was started without `hecaton run`. A process that the rank has forked has the
/// same ones for reading.
RankNotes* rank_notes() noexcept;

/// Notes how far the call is that this root works on. One thread at a time.
void note_progress(std::string_view call, std::uint64_t items, std::uint64_t done, std::uint64_t failed) noexcept;

/// A place of the notes for a call, for as long as this lives.
class CallNote {
  public:
    CallNote() noexcept = default;
    /// Takes a place, where one is free. `wanted`: MapOptions::progress.
    CallNote(std::string_view call, bool wanted) noexcept;
    ~CallNote();
    CallNote(CallNote&& other) noexcept : to_(std::exchange(other.to_, nullptr)) {}
    CallNote& operator=(CallNote&& other) noexcept {
        std::swap(to_, other.to_);
        return *this;
    }

    /// It has a place.
    explicit operator bool() const noexcept { return to_ != nullptr; }
    struct Figures {
        std::uint64_t items = 0;
        std::uint64_t done = 0;
        std::uint64_t failed = 0;
        std::uint64_t restored = 0;
        double seconds = 0;  ///< since it began
    };
    void note(const Figures& figures) noexcept;

  private:
    NotedCall* to_ = nullptr;
};

/// What the launcher shows of the calls of this rank's pools.
RankNotes::Shown shown_by_launcher() noexcept;

/// Notes how far this rank is.
void note_stage(RankStage stage) noexcept;

}  // namespace hecaton::detail
