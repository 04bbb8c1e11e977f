#include <algorithm>
#include <cstring>
#include <hecaton/pool/root/job_traffic.hpp>

namespace hecaton::detail {
namespace {

constexpr std::uint64_t bytes_together = 64 * 1024;         // of a run of small chunks: the results are copied
constexpr std::uint64_t golden_ratio = 0x9E3779B97F4A7C15;  // spreads small numbers over 64 bits

bool holds_items(std::uint64_t items, std::uint64_t first, std::uint64_t count) {
    return first <= items && count <= items - first;
}

// What a worker says of a chunk is about the items of it that it holds. Those that come back are its last ones, and the
// record of them alone begins with them.
void check_report(const wire::ChunkDone& record, const scheduling::Chunk& held) {
    const bool right = record.job == held.job && record.done <= held.count && record.back <= held.count - record.done &&
                       (record.done == 0 || record.first == held.first) &&
                       (record.time_bytes == 0 || record.time_bytes == record.done * sizeof(ItemTime));
    if (!right) throw DecodeError("a worker reports items that it was not given");
}

}  // namespace

JobTraffic::JobTraffic(WorkerLines& lines, int root, std::uint64_t seed) : lines_(lines), root_(root), seed_(seed) {
    for (int worker = 0; worker < lines_.workers(); ++worker) dispatcher_.add_worker(0);
}

void JobTraffic::begin(std::shared_ptr<Job> job, double now) {
    if (error_) return jobs_.complete(*job, {}, false, error_);
    const MapOptions& options = job->options();
    const scheduling::JobId id = dispatcher_.submit(
        {.items = job->items(),
         .open = job->open(),
         .chunk_size = options.chunk_size,
         .together =
             job->isolation() || job->block() > 1 ? 0 : bytes_together / std::max<std::size_t>(job->item_bytes(), 1),
         .block = job->block(),
         .attempts = options.attempts,
         .order = job->order()},
        now);
    jobs_.begin(id, std::move(job), now);
}

void JobTraffic::extend(Job& job, ItemSegment&& items, bool last, double now) {
    const auto counters = dispatcher_.counters(job.id());
    if (!counters || !counters->open) return;
    if (const std::uint64_t count = items.count; count != 0) {
        job.add_items(std::move(items));
        dispatcher_.extend(job.id(), count, now);
    }
    if (last) dispatcher_.close_input(job.id(), now);
}

void JobTraffic::cut_inputs(double now) {
    for (auto& [id, running] : jobs_) {
        const auto counters = dispatcher_.counters(id);
        if (!counters || !counters->open) continue;
        running.job->cut_input();
        dispatcher_.close_input(id, now);
    }
}

void JobTraffic::cancel_all(double now) {
    for (const auto& [id, running] : jobs_) dispatcher_.cancel(id, now);
}

void JobTraffic::fail(std::exception_ptr error, double now) {
    if (!error_) error_ = std::move(error);
    cancel_all(now);
}

void JobTraffic::tick(double now) {
    dispatcher_.tick(now);
    for (auto& [id, running] : jobs_) {
        if (running.progress == nullptr) continue;
        if (const auto counters = dispatcher_.counters(id)) running.show_progress(*counters, now);
    }
}

// ---- results ----

void JobTraffic::take(int worker, const wire::ChunkDone& record, wire::RecordReader& records, const Message& message,
                      double now) {
    ChunkResults results{.first = record.first,
                         .done = record.done,
                         .values = {},
                         .errors = records.bytes(record.error_bytes),
                         .times = records.bytes(record.time_bytes),
                         .rank = lines_.rank(worker),
                         .attempt = record.attempt,
                         .seconds = record.seconds};
    if (record.bulk == 0) {
        results.values = records.bytes(record.value_bytes);
    } else if (message.bulk.owner != nullptr) {  // otherwise it has been received where it belongs
        results.values = {message.bulk.data, message.bulk.size};
    }
    if (const auto held = dispatcher_.held(worker, record.id)) check_report(record, *held);
    RunningJob* running = jobs_.find(record.job);
    if (!dispatcher_.progressed(worker, record.id, record.done, record.back, record.seconds, now) ||
        running == nullptr || record.done == 0)
        return;
    if (results.rank < 0) {
        results.rank = root_;
    } else {
        running->report.bytes_received += record.value_bytes;
    }
    running->add(worker, record);
    running->job->accept(results);
    if (running->job->open()) arrivals_ = true;
}

std::byte* JobTraffic::place_for(std::span<const std::byte> head, std::size_t size) {
    wire::RecordReader records(head);
    while (!records.at_end() && records.kind() == wire::Kind::chunk_done) {
        const auto record = records.record<wire::ChunkDone>();
        records.bytes(record.error_bytes);
        records.bytes(record.time_bytes);
        if (record.bulk != 0) {
            RunningJob* running = jobs_.find(record.job);
            if (running == nullptr || !holds_items(running->job->items(), record.first, record.done)) return nullptr;
            const std::span<std::byte> place = running->job->results_in_place(record.first, record.done);
            return place.size() == size ? place.data() : nullptr;
        }
        records.bytes(record.value_bytes);
    }
    return nullptr;
}

// ---- what the dispatcher wants ----

bool JobTraffic::carry_out(double now) {
    using Kind = scheduling::Action::Kind;
    if (dispatcher_.actions().empty()) return false;
    auto completed = dispatcher_.completed().begin();
    // Carrying out an action causes no event, so the lists do not grow meanwhile.
    for (const scheduling::Action& action : dispatcher_.actions()) {
        switch (action.kind) {
            case Kind::send:
                send(action.worker, action.chunk);
                break;
            case Kind::recall:
                lines_.add(action.worker, wire::Recall{});
                break;
            case Kind::lost:
                give_up(action.worker, action.chunk);
                break;
            case Kind::cancelled:
                break;  // counted by the dispatcher
            case Kind::complete:
                complete(*completed++, now);
                break;
        }
    }
    dispatcher_.clear_actions();
    lines_.flush_all();
    return true;
}

void JobTraffic::open_at(int worker, const RunningJob& running) {
    const Job& job = *running.job;
    const MapOptions& options = job.options();
    wire::OpenJob record{.task = job.task(),
                         .job = running.id,
                         .bytes = job.closure().size(),
                         .seed = seed_ + golden_ratio * options.seed,
                         .with_times = job.with_times() ? 1U : 0U,
                         .attempts = 0,
                         .timeout = 0,
                         .items = job.items(),
                         .name_bytes = options.name.size()};
    record.isolate(job.isolation());
    lines_.add(worker, record);
    wire::append(lines_.out(worker), options.name.data(), options.name.size());
    wire::append(lines_.out(worker), job.closure().bytes());
}

void JobTraffic::send(int worker, const scheduling::Chunk& chunk) {
    RunningJob& running = *jobs_.find(chunk.job);
    Job& job = *running.job;
    Buffer& out = lines_.out(worker);
    const bool local = lines_.is_local(worker);
    if (running.seconds_of(worker).second) open_at(worker, running);
    const std::span<const std::byte> items = job.items_in_place(chunk.first, chunk.count);
    const bool bulk = !local && items.size() >= wire::smallest_bulk;
    wire::RunChunk record{
        .bulk = bulk ? 1U : 0U,
        .chunk = chunk,
        .bytes = items.size(),
        .items_at = local ? reinterpret_cast<std::uintptr_t>(items.data()) : 0,
        .results_at =
            local ? reinterpret_cast<std::uintptr_t>(job.results_in_place(chunk.first, chunk.count).data()) : 0};
    const std::size_t at = out.size();
    wire::append_record(out, record);
    if (bulk) {
        lines_.flush(worker, {items.data(), items.size(), running.job});
    } else if (items.empty()) {
        const std::size_t begin = out.size();
        job.append_items(chunk.first, chunk.count, out);
        record.bytes = out.size() - begin;
        std::memcpy(out.data() + at, &record, sizeof record);
        wire::pad(out);
    } else if (!local) {
        wire::append(out, items);
    }
    if (!local) running.report.bytes_sent += record.bytes;
    if (out.size() >= wire::message_fill) lines_.flush(worker);
}

void JobTraffic::give_up(int worker, const scheduling::Chunk& chunk) {
    RunningJob* running = jobs_.find(chunk.job);
    if (running == nullptr) return;
    arrivals_ = arrivals_ || running->job->open();
    running->job->give_up(chunk.first, chunk.count,
                          {.kind = ErrorRecord::Kind::worker_lost,
                           .index = 0,
                           .rank = worker < 0 ? -1 : lines_.rank(worker),
                           .host = {},
                           .type_name = "hecaton::WorkerLost",
                           .text = "the worker that ran the item was lost"});
}

void JobTraffic::complete(const scheduling::JobCounters& counters, double now) {
    if (jobs_.find(counters.job) == nullptr) return;  // a step that failed has completed it before
    RunningJob running = jobs_.take(counters.job);
    for (const auto& [worker, seconds] : running.seconds) lines_.add(worker, wire::CloseJob{.job = counters.job});
    running.seal(counters, now);
    const bool cancelled = counters.cancelled != 0 || counters.open;  // an open input was not read to its end
    jobs_.complete(*running.job, running.report, cancelled, cancelled ? error_ : nullptr);
}

}  // namespace hecaton::detail
