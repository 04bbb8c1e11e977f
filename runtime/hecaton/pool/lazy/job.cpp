#include <hecaton/pool/lazy/job.hpp>
#include <hecaton/pool/worker/wire.hpp>
#include <utility>

namespace hecaton::detail {

LazyJob::LazyJob(std::uint32_t task, Buffer closure, bool with_times, MapOptions options)
    : Job(task, 0, std::move(options)) {
    closure_ = std::move(closure);
    with_times_ = with_times;
    errors_are_results_ = true;
    open_ = true;
}

void LazyJob::arrived(const ArrivedChunk& chunk, const ChunkResults& results) {
    released_bytes_.fetch_add(items_.release(chunk.first, chunk.done), std::memory_order_relaxed);
    const std::lock_guard lock(arrivals_mutex_);
    const std::size_t before = arrivals_.size();
    try {
        wire::append_record(arrivals_, chunk);
        wire::append(arrivals_, results.errors);
        wire::append(arrivals_, results.times);
        wire::append(arrivals_, results.values);
    } catch (...) {  // no half of it stays
        arrivals_.shrink_to(before);
        throw;
    }
    has_arrivals_.store(true, std::memory_order_release);
}

void LazyJob::accept(const ChunkResults& results) {
    for (Reader errors(results.errors); errors.remaining() > 0;) add_error(read_error_record(errors));
    arrived({.first = results.first,
             .done = results.done,
             .error_bytes = results.errors.size(),
             .time_bytes = results.times.size(),
             .value_bytes = results.values.size(),
             .rank = results.rank,
             .attempt = results.attempt,
             .seconds = results.seconds,
             .lost = 0},
            results);
}

void LazyJob::give_up(std::uint64_t first, std::uint64_t count, ErrorRecord why) {
    why.index = first;
    for (std::uint64_t i = 0; i < count; ++i) add_error(why);
    Buffer error;
    Writer writer(error);
    write(writer, why);
    ChunkResults results;
    results.errors = error.bytes();
    arrived({.first = first,
             .done = count,
             .error_bytes = error.size(),
             .time_bytes = 0,
             .value_bytes = 0,
             .rank = why.rank,
             .attempt = 0,
             .seconds = 0,
             .lost = 1},
            results);
}

Buffer LazyJob::take_arrivals() {
    const std::lock_guard lock(arrivals_mutex_);
    has_arrivals_.store(false, std::memory_order_relaxed);
    return std::exchange(arrivals_, Buffer());
}

}  // namespace hecaton::detail
