#include <hecaton/pool/lazy/job.hpp>
#include <hecaton/pool/worker/wire.hpp>
#include <utility>

namespace hecaton::detail {
namespace {

// Items that were never run, and the one error that is that of each.
struct Lost {
    Lost(std::uint64_t first, std::uint64_t count, ErrorRecord why) {
        why.index = first;
        Writer writer(error);
        write(writer, why);
        results.errors = error.bytes();
        chunk = {.first = first,
                 .done = count,
                 .error_bytes = error.size(),
                 .time_bytes = 0,
                 .value_bytes = 0,
                 .rank = why.rank,
                 .attempt = 0,
                 .seconds = 0,
                 .lost = 1,
                 .host = 0};
    }
    Buffer error;
    ChunkResults results;
    ArrivedChunk chunk;
};

}  // namespace

LazyJob::LazyJob(std::uint32_t task, Buffer closure, Signature signature, bool with_times, MapOptions options,
                 bool ordered)
    : Job(task, 0, std::move(options)), ordered_(ordered) {
    closure_ = std::move(closure);
    signature_ = std::move(signature);
    with_times_ = with_times;
    errors_are_results_ = true;
    open_ = true;
}

void LazyJob::arrived(const ArrivedChunk& chunk, const ChunkResults& results) {
    released_bytes_.fetch_add(items_.release(chunk.first, chunk.done), std::memory_order_relaxed);
    const std::lock_guard lock(arrivals_mutex_);
    append_arrived(arrivals_, chunk, results);
    has_arrivals_.store(true, std::memory_order_release);
}

ArrivedChunk header_of(const ChunkResults& results) noexcept {
    return {.first = results.first,
            .done = results.done,
            .error_bytes = results.errors.size(),
            .time_bytes = results.times.size(),
            .value_bytes = results.values.size(),
            .rank = results.rank,
            .attempt = results.attempt,
            .seconds = results.seconds,
            .lost = 0,
            .host = 0};
}

void append_arrived(Buffer& to, const ArrivedChunk& chunk, const ChunkResults& results) {
    const std::size_t before = to.size();
    try {
        wire::append_record(to, chunk);
        wire::append(to, results.errors);
        wire::append(to, results.times);
        wire::append(to, results.values);
    } catch (...) {  // no half of it stays
        to.shrink_to(before);
        throw;
    }
}

void LazyJob::accept(const ChunkResults& results) {
    for (Reader errors(results.errors); errors.remaining() > 0;) add_error(read_error_record(errors));
    arrived(header_of(results), results);
}

void LazyJob::give_up(std::uint64_t first, std::uint64_t count, ErrorRecord why) {
    why.index = first;
    for (std::uint64_t i = 0; i < count; ++i) add_error(why);
    arrived_lost(first, count, std::move(why));
}

void LazyJob::arrived_lost(std::uint64_t first, std::uint64_t count, ErrorRecord why) {
    const Lost lost(first, count, std::move(why));
    arrived(lost.chunk, lost.results);
}

Buffer LazyJob::left_out(std::uint64_t first, std::uint64_t count) const {
    const Lost lost(first, count, *early_end());
    Buffer bytes;
    append_arrived(bytes, lost.chunk, lost.results);
    return bytes;
}

Buffer LazyJob::take_arrivals() {
    const std::lock_guard lock(arrivals_mutex_);
    has_arrivals_.store(false, std::memory_order_relaxed);
    return std::exchange(arrivals_, Buffer());
}

}  // namespace hecaton::detail
