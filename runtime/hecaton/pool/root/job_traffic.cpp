#include <algorithm>
#include <cstring>
#include <hecaton/pool/root/failure.hpp>
#include <hecaton/pool/root/job_traffic.hpp>

namespace hecaton::detail {
namespace {

constexpr std::uint64_t bytes_together = 64 * 1024;  // of a run of small chunks: the results are copied

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

JobTraffic::JobTraffic(WorkerLines& lines, int root, std::uint64_t seed)
    : lines_(lines), root_(root), packer_(lines, seed) {
    for (int worker = 0; worker < lines_.workers(); ++worker) dispatcher_.add_worker(0);
}

void JobTraffic::begin(const std::shared_ptr<Job>& job, bool borrowed, double now) {
    if (error_) return jobs_.refuse(*job, error_);
    try {
        const MapOptions& options = job->options();
        const scheduling::JobId id =
            dispatcher_.submit({.items = job->items(),
                                .open = job->open(),
                                .chunk_size = options.chunk_size,
                                .together = job->isolation() || job->block() > 1
                                                ? 0
                                                : bytes_together / std::max<std::size_t>(job->item_bytes(), 1),
                                .block = job->block(),
                                .attempts = options.attempts,
                                .order = job->order()},
                               now);
        RunningJob running;
        running.job = job;
        running.borrowed = borrowed;
        jobs_.begin(id, std::move(running), now);
    } catch (...) {  // the dispatcher may know it, the table does not
        jobs_.refuse(*job, current_failure(no_memory_for_driving));
        throw;
    }
}

void JobTraffic::extend(Job& job, ItemSegment&& items, bool last, double now) {
    if (error_) return;
    const auto counters = dispatcher_.counters(job.id());
    RunningJob* const running = jobs_.find(job.id());
    if (!counters || !counters->open || running == nullptr || running->error) return;
    if (const std::uint64_t count = items.count; count != 0) {
        try {
            job.add_items(std::move(items));
        } catch (...) {
            return fail(*running, current_failure(no_memory_for_items), now);
        }
        dispatcher_.extend(job.id(), count, now);
    }
    if (last) dispatcher_.close_input(job.id(), now);
}

void JobTraffic::cut_inputs(double now) {
    if (error_) return;
    for (auto& [id, running] : jobs_) {
        const auto counters = dispatcher_.counters(id);
        if (!counters || !counters->open) continue;
        running.job->cut_input();
        dispatcher_.close_input(id, now);
    }
}

void JobTraffic::cancel(const Job& job, double now) {
    if (!error_) dispatcher_.cancel(job.id(), now);
}

void JobTraffic::cancel_all(double now) {
    if (error_) return;
    for (const auto& [id, running] : jobs_) dispatcher_.cancel(id, now);
}

void JobTraffic::fail(RunningJob& running, std::exception_ptr error, double now) {
    if (running.error) return;
    running.error = std::move(error);
    dispatcher_.cancel(running.id, now);
}

void JobTraffic::fail(const std::exception_ptr& error) noexcept {
    error_ = error;
    jobs_.fail(error_);
}

void JobTraffic::tick(double now) {
    dispatcher_.tick(now);
    for (auto& [id, running] : jobs_) {
        if (running.progress == nullptr) continue;
        try {
            if (const auto counters = dispatcher_.counters(id)) running.show_progress(*counters, now);
        } catch (const std::bad_alloc&) {  // one line less
        }
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
        running == nullptr || running->error || record.done == 0)
        return;
    if (results.rank < 0) {
        results.rank = root_;
    } else {
        running->report.bytes_received += record.value_bytes;
    }
    try {
        if (message.bulk_lost) throw std::bad_alloc();
        running->add(worker, record);
        running->job->accept(results);
    } catch (...) {
        fail(*running, current_failure(no_memory_for_results), now);
    }
    if (running->job->open()) arrivals_ = true;
}

std::optional<wire::ChunkDone> JobTraffic::bulk_record(std::span<const std::byte> head) const {
    wire::RecordReader records(head);
    while (!records.at_end() && records.kind() == wire::Kind::chunk_done) {
        const auto record = records.record<wire::ChunkDone>();
        records.bytes(record.error_bytes);
        records.bytes(record.time_bytes);
        if (record.bulk != 0) return record;
        records.bytes(record.value_bytes);
    }
    return {};
}

bool JobTraffic::wants(std::span<const std::byte> head) {
    if (error_) return false;
    const auto record = bulk_record(head);
    if (!record) return true;
    const RunningJob* running = jobs_.find(record->job);
    return running != nullptr && !running->error;
}

std::byte* JobTraffic::place_for(std::span<const std::byte> head, std::size_t size) {
    const auto record = bulk_record(head);
    if (!record) return nullptr;
    RunningJob* running = jobs_.find(record->job);
    if (running == nullptr || !holds_items(running->job->items(), record->first, record->done)) return nullptr;
    const std::span<std::byte> place = running->job->results_in_place(record->first, record->done);
    return place.size() == size ? place.data() : nullptr;
}

// ---- what the dispatcher wants ----

bool JobTraffic::carry_out(double now) {
    using Kind = scheduling::Action::Kind;
    if (dispatcher_.actions().empty()) return false;
    // A call that fails meanwhile is an event, of which more actions come.
    std::size_t completed = 0;
    for (std::size_t i = 0; i < dispatcher_.actions().size(); ++i) {
        const scheduling::Action action = dispatcher_.actions()[i];
        switch (action.kind) {
            case Kind::send:
                send(action.worker, action.chunk, now);
                break;
            case Kind::recall:
                lines_.add(action.worker, wire::Recall{});
                break;
            case Kind::lost:
                give_up(action.worker, action.chunk, now);
                break;
            case Kind::cancelled:
                break;  // counted by the dispatcher
            case Kind::complete: {
                const scheduling::JobCounters counters = dispatcher_.completed()[completed++];
                complete(counters, now);
                break;
            }
        }
    }
    dispatcher_.clear_actions();
    lines_.flush_all();
    return true;
}

void JobTraffic::send(int worker, const scheduling::Chunk& chunk, double now) {
    RunningJob& running = *jobs_.find(chunk.job);
    std::optional<Parcel> parcel;
    if (!running.error) {
        try {
            parcel = packer_.pack(worker, running, chunk);
        } catch (...) {
            fail(running, current_failure(no_memory_for_items), now);
        }
    }
    if (!parcel) {
        dispatcher_.returned(worker, chunk.id, now);
        return;
    }
    if (!lines_.is_local(worker)) running.report.bytes_sent += parcel->bytes;
    if (parcel->bulk.size != 0) {
        lines_.flush(worker, std::move(parcel->bulk));
    } else if (lines_.out(worker).size() >= wire::message_fill) {
        lines_.flush(worker);
    }
}

void JobTraffic::give_up(int worker, const scheduling::Chunk& chunk, double now) {
    RunningJob* running = jobs_.find(chunk.job);
    if (running == nullptr || running->error) return;
    arrivals_ = arrivals_ || running->job->open();
    try {
        running->job->give_up(chunk.first, chunk.count,
                              {.kind = ErrorRecord::Kind::worker_lost,
                               .index = 0,
                               .rank = worker < 0 ? -1 : lines_.rank(worker),
                               .host = {},
                               .type_name = "hecaton::WorkerLost",
                               .text = "the worker that ran the item was lost"});
    } catch (...) {
        fail(*running, current_failure(no_memory_for_results), now);
    }
}

void JobTraffic::complete(const scheduling::JobCounters& counters, double now) {
    RunningJob* const running = jobs_.find(counters.job);
    if (running == nullptr) return;
    // All that can fail comes first: then the job is still in the table.
    for (const auto& [worker, seconds] : running->seconds) lines_.add(worker, wire::CloseJob{.job = counters.job});
    running->seal(counters, now);
    const bool cancelled = counters.cancelled != 0 || counters.open;  // an open input was not read to its end
    jobs_.complete(*running, cancelled, running->error);
}

}  // namespace hecaton::detail
