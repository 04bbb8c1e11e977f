// What the root and its workers say to each other: records in the heads of messages.
//
// A head is a sequence of records; each is a fixed struct that begins with its kind, and may be followed by bytes of
// its own. Both begin at multiples of `alignment`, so that arrays in a head can be used where they lie. A record whose
// `bulk` is set has its bytes in the message's bulk instead; there is one such record at most, the last of its message.
#pragma once

#include <cstdint>
#include <cstring>
#include <hecaton/foundation/buffer.hpp>
#include <hecaton/foundation/memory_file.hpp>
#include <hecaton/pool/options.hpp>
#include <hecaton/recording/lines.hpp>
#include <hecaton/scheduling/chunk.hpp>
#include <optional>
#include <span>
#include <string_view>

namespace hecaton::detail::wire {

inline constexpr std::size_t alignment = 16;

enum class Kind : std::uint32_t {
    // to a worker
    open_job,
    close_job,
    run_chunk,
    recall,
    put_shared,
    expect_shared,
    open_shared,
    drop_shared,
    start_process,
    signal_process,
    shut_down,
    // to the root
    chunk_done,
    recall_answered,
    worker_failed,
    shared_kept,
    shared_wanted,
    process_started,
    process_failed,
    process_ended,
    recorded,
    bye,
};

struct OpenJob {  // followed by the name, then by the closure
    Kind kind = Kind::open_job;
    std::uint32_t task;
    std::uint64_t job;
    std::uint64_t bytes;
    std::uint64_t seed;
    std::uint32_t with_times;
    std::uint32_t attempts;  ///< of ItemIsolation; 0: there is none
    std::int64_t timeout;    ///< of ItemIsolation, in ns; 0: there is none
    std::uint64_t items;     ///< 0: not known
    std::uint64_t name_bytes;
    std::uint64_t keep_on_interrupt;  ///< 1: the worker outlives the first Ctrl-C

    void isolate(const std::optional<ItemIsolation>& how);
    std::optional<ItemIsolation> isolation() const;
};

struct CloseJob {
    Kind kind = Kind::close_job;
    std::uint32_t abandoned = 0;  ///< nobody waits for its items: those in a sandbox are ended
    std::uint64_t job;
};

struct RunChunk {  // followed by the items, unless they are elsewhere
    Kind kind = Kind::run_chunk;
    std::uint32_t bulk;
    scheduling::Chunk chunk;
    std::uint64_t bytes;
    // Addresses within the root's process, for its own worker; 0 for the others.
    std::uint64_t items_at;    ///< where the items lie; then they do not follow
    std::uint64_t results_at;  ///< where an array of results goes; 0: send them
    /// An earlier run may have killed its worker: it runs in a sandbox, where there can be one, and has so many runs in
    /// all. 0: it runs as its job says.
    std::uint64_t apart;
};

struct Recall {
    Kind kind = Kind::recall;
};

struct PutShared {  // followed by the value's block
    Kind kind = Kind::put_shared;
    std::uint32_t for_node;  ///< answer with SharedAnswer: others of this node open the file that is made of it
    std::uint64_t id;
    std::uint64_t bytes;
    std::uint64_t bulk;
};

struct ExpectShared {  // the value will be put or opened, or dropped
    Kind kind = Kind::expect_shared;
    std::uint64_t id;
};

struct OpenShared {
    Kind kind = Kind::open_shared;
    std::uint64_t id;
    MemoryFile::Address file;
};

struct DropShared {
    Kind kind = Kind::drop_shared;
    std::uint64_t id;
};

struct StartProcess {  // followed by the name, then by the task
    Kind kind = Kind::start_process;
    std::uint64_t id;
    std::uint64_t name_bytes;
    std::uint64_t task_bytes;
    std::uint64_t bulk;  ///< the task (only it) is in the bulk
};

struct SignalProcess {
    Kind kind = Kind::signal_process;
    std::int32_t signo;
    std::uint64_t id;
};

struct ShutDown {  // followed by the ranks that are lost
    Kind kind = Kind::shut_down;
    std::int32_t status;
    std::uint64_t lost_bytes;
};

/// The items [first, first + done) have been run, and the last `back` items that the worker held come back.
struct ChunkDone {  // followed by errors, then times, then values
    Kind kind = Kind::chunk_done;
    std::uint32_t attempt = 1;
    std::uint64_t id = 0;
    std::uint64_t job = 0;
    std::uint64_t first = 0;
    std::uint64_t done = 0;
    std::uint64_t back = 0;
    double seconds = 0;
    double computed = 0;  ///< the part of them without waits for a core; in a sandbox that of the items alone
    std::uint64_t error_bytes = 0;
    std::uint64_t time_bytes = 0;
    std::uint64_t value_bytes = 0;
    std::uint64_t bulk = 0;  ///< the values (only they) are in the bulk
};

struct RecallAnswered {
    Kind kind = Kind::recall_answered;
};

struct WorkerFailed {  // followed by an ErrorRecord: the initializer threw, or the worker can go on no longer
    Kind kind = Kind::worker_failed;
    std::uint64_t bytes;
};

struct SharedAnswer {
    Kind kind;  ///< shared_kept: the block is here, in `file` if one could be made; shared_wanted: send the block
    std::uint64_t id;
    MemoryFile::Address file;
};

struct ProcessEvent {
    Kind kind;  ///< process_started, process_failed or process_ended
    /// The process id; the errno of a fork that failed, 0 where the rank has no zygote, -1 where it was killed; the
    /// wait status.
    std::int32_t value;
    std::uint64_t id;
};

struct Recorded {  // followed by recording::Pieces, then by recording::Stretches
    Kind kind = Kind::recorded;
    std::uint32_t with_usage = 0;  ///< `usage` is that of the worker's process
    std::uint64_t pieces = 0;
    std::uint64_t stretches = 0;
    std::uint64_t dropped = 0;
    recording::Usage usage = {};
};

struct Bye {
    Kind kind = Kind::bye;
};

/// A head of about this size fits the transport's first message; larger ones take another round.
inline constexpr std::size_t message_fill = 3'500;
/// Items and values of this size and more are sent from where they lie, as a bulk.
inline constexpr std::size_t smallest_bulk = 16 * 1024;
/// A buffer for a head, large enough for `message_fill`.
Buffer new_head();

inline std::size_t aligned(std::size_t size) { return (size + alignment - 1) / alignment * alignment; }
/// Appends bytes at the next multiple of the alignment.
void append(Buffer& head, const void* data, std::size_t size);
/// Fills up to the next multiple of the alignment.
void pad(Buffer& head);
inline void append(Buffer& head, std::span<const std::byte> bytes) { append(head, bytes.data(), bytes.size()); }

template <class Record>
void append_record(Buffer& head, const Record& record) {
    append(head, &record, sizeof record);
}

/// Walks through a head that this library wrote.
class RecordReader {
  public:
    explicit RecordReader(std::span<const std::byte> head) : head_(head) {}
    bool at_end() const noexcept { return at_ >= head_.size(); }
    /// Bytes read so far.
    std::size_t position() const noexcept { return at_; }
    /// Of the record that comes next, of which nothing is taken.
    Kind kind() const { return RecordReader(*this).record<Kind>(); }
    template <class Record>
    Record record() {
        Record result;
        std::memcpy(&result, bytes(sizeof result).data(), sizeof result);
        return result;
    }
    std::span<const std::byte> bytes(std::size_t size);
    std::string_view text(std::size_t size) {
        const auto chars = bytes(size);
        return {reinterpret_cast<const char*>(chars.data()), chars.size()};
    }

  private:
    std::span<const std::byte> head_;
    std::size_t at_ = 0;
};

/// Goes on behind the next record, of any kind, and the bytes that follow it.
void pass_over(RecordReader& records);

}  // namespace hecaton::detail::wire
