#include <algorithm>
#include <hecaton/pool/traffic/packer.hpp>
#include <hecaton/tasks/random.hpp>
#include <utility>

namespace hecaton::detail {

Parcel Packer::pack(int worker, RunningJob& running, const scheduling::Chunk& chunk) {
    Buffer& out = lines_.out(worker);
    const std::size_t before = out.size();
    bool fresh = false;
    try {
        fresh = running.seconds_of(worker).second;
        if (fresh) open_at(worker, running);
        Parcel parcel = add_chunk(worker, running, chunk);
        if (fresh) parcel.bytes += running.job->closure().size();
        return parcel;
    } catch (...) {
        out.shrink_to(before);
        if (fresh) running.forget(worker);
        throw;
    }
}

void Packer::open_at(int worker, const RunningJob& running) {
    const Job& job = *running.job;
    const MapOptions& options = job.options();
    wire::OpenJob record{.task = job.task(),
                         .job = running.id,
                         .bytes = job.closure().size(),
                         .seed = call_seed(seed_, options.seed),
                         .with_times = job.with_times() ? 1U : 0U,
                         .attempts = 0,
                         .timeout = 0,
                         .items = job.items(),
                         .name_bytes = options.name.size(),
                         .keep_on_interrupt = options.keep_on_interrupt ? 1U : 0U};
    record.isolate(job.isolation());
    lines_.add(worker, record);
    wire::append(lines_.out(worker), options.name.data(), options.name.size());
    wire::append(lines_.out(worker), job.closure().bytes());
}

Parcel Packer::add_chunk(int worker, RunningJob& running, const scheduling::Chunk& chunk) {
    Job& job = *running.job;
    Buffer& out = lines_.out(worker);
    const bool local = lines_.is_local(worker);
    std::span<const std::byte> items = job.items_in_place(chunk.first, chunk.count);
    const bool in_place = !items.empty() && !job.may_end_early();
    if (!in_place) {
        scratch_.clear();
        job.append_items(chunk.first, chunk.count, scratch_);
        items = scratch_.bytes();
    }
    const bool read_in_place = local && in_place;
    const bool bulk = !read_in_place && items.size() >= wire::smallest_bulk;
    const auto attempts = static_cast<std::uint32_t>(std::max(job.options().attempts, 1));
    // The root is never put at risk again, and the last run of all costs no further rank.
    const bool apart = chunk.attempt > 1 && (local || chunk.attempt >= attempts);
    const wire::RunChunk record{
        .bulk = bulk ? 1U : 0U,
        .chunk = chunk,
        .bytes = items.size(),
        .items_at = read_in_place ? reinterpret_cast<std::uintptr_t>(items.data()) : 0,
        .results_at = local && !job.may_end_early()
                          ? reinterpret_cast<std::uintptr_t>(job.results_in_place(chunk.first, chunk.count).data())
                          : 0,
        .apart = apart ? attempts : 0};
    wire::append_record(out, record);
    Parcel parcel{.bytes = items.size(), .bulk = {}};
    if (bulk && in_place) {
        parcel.bulk = {items.data(), items.size(), running.job};
    } else if (bulk) {
        auto own = std::make_shared<Buffer>(std::move(scratch_));
        parcel.bulk = {own->data(), own->size(), std::move(own)};
    } else if (!read_in_place) {
        wire::append(out, items);
    }
    return parcel;
}

}  // namespace hecaton::detail
