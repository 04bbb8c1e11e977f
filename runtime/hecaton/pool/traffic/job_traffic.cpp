#include <algorithm>
#include <cstring>
#include <hecaton/foundation/log.hpp>
#include <hecaton/pool/journal/journaled_call.hpp>
#include <hecaton/pool/traffic/chunk_reports.hpp>
#include <hecaton/pool/traffic/failure.hpp>
#include <hecaton/pool/traffic/job_traffic.hpp>

namespace hecaton::detail {
namespace {

constexpr std::uint64_t bytes_together = 64 * 1024;  // of a run of small chunks: the results are copied

}  // namespace

JobTraffic::JobTraffic(WorkerLines& lines, int root, std::uint64_t seed,
                       std::shared_ptr<const std::vector<std::string>> hosts, bool local_rests,
                       std::shared_ptr<const recording::PoolRanks> recorded)
    : lines_(lines), root_(root), packer_(lines, seed), lost_(std::move(hosts)), recorded_(std::move(recorded)) {
    for (int worker = 0; worker < lines_.workers(); ++worker) dispatcher_.add_worker(0);
    if (!local_rests) return;
    lines_.let_local_rest();
    dispatcher_.worker_lost(0, 0);
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
                                .order = job->order(),
                                .expected = job->expected_cost(),
                                .done = job->done_before()},
                               now);
        RunningJob running;
        running.job = job;
        running.borrowed = borrowed;
        jobs_.begin(id, std::move(running), now);
        recorded_.begin(*job, id);
        early_ends_.note_failures(*jobs_.find(id), 0);
    } catch (...) {  // the dispatcher may know it, the table does not
        jobs_.refuse(*job, current_failure(no_memory_for_driving));
        throw;
    }
}

void JobTraffic::let_local_rest(double now) {
    if (error_ || !lines_.is_there(0) || dispatcher_.workers_alive() == 1) return;
    for (const auto& [id, running] : jobs_)
        if (dispatcher_.items_at(0, id) != 0) return;
    lines_.let_local_rest();
    dispatcher_.worker_lost(0, now);
}

void JobTraffic::wake_local(double now) {
    if (lines_.is_there(0)) return;
    lines_.wake_local();
    if (!error_) dispatcher_.worker_back(0, now);
}

void JobTraffic::extend(Job& job, ItemSegment&& items, bool last, double now) {
    if (error_) return;
    const auto counters = dispatcher_.counters(job.id());
    RunningJob* const running = jobs_.find(job.id());
    if (!counters || !counters->open || running == nullptr || running->error) return;
    if (const std::uint64_t count = items.count; count != 0) {
        const std::vector<IndexRange> done = std::move(items.done);
        try {
            job.add_items(std::move(items));
        } catch (...) {
            return fail(*running, current_failure(no_memory_for_items), now);
        }
        for (const auto& range : done) job.pass_over(range.first, range.count);
        dispatcher_.extend(job.id(), count, now, done);
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

void JobTraffic::cancel_all(double now) {
    if (error_) return;
    for (const auto& [id, running] : jobs_) dispatcher_.cancel(id, now);
}

void JobTraffic::count_as_cut() {
    for (const auto& [id, running] : jobs_)
        if (const auto counters = dispatcher_.counters(id)) running.cut(*counters);
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
    if (!error_) early_ends_.heed_interrupt(now);
    notes_.look(jobs_, dispatcher_, now);
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
                         .seconds = record.seconds,
                         .host = {}};
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
    const std::uint64_t failed = running->job->failed();
    try {
        if (message.bulk_lost) throw std::bad_alloc();
        running->add(worker, record);
        running->job->accept(results);
        running->say_failures(results.errors, now);
        early_ends_.note_failures(*running, failed);
    } catch (...) {
        fail(*running, current_failure(no_memory_for_results), now);
    }
    if (JournaledCall* const journaled = running->job->journaled(); journaled != nullptr && !running->error)
        journaled->add(results, running->job->results_in_place(results.first, results.done));
    if (running->job->open()) arrivals_ = true;
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
    if (running == nullptr || running->job->may_end_early() ||
        !holds_items(running->job->items(), record->first, record->done))
        return nullptr;
    const std::span<std::byte> place = running->job->results_in_place(record->first, record->done);
    return place.size() == size ? place.data() : nullptr;
}

// ---- what the dispatcher wants ----

bool JobTraffic::carry_out(double now) {
    bool any = false;
    for (early_ends_.stop_failed_jobs(now); !dispatcher_.actions().empty(); early_ends_.stop_failed_jobs(now)) {
        carry_out_actions(now);
        any = true;
    }
    return any;
}

void JobTraffic::carry_out_actions(double now) {
    using Kind = scheduling::Action::Kind;
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
                leave_out(action.chunk, now);
                break;
            case Kind::complete:
                complete(scheduling::JobCounters(dispatcher_.completed()[completed++]), now);
                break;
        }
    }
    dispatcher_.clear_actions();
    lines_.flush_all();
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

void JobTraffic::worker_lost(int worker, const LostRank& how, double now) {
    if (dispatcher_.workers_alive() == 1 && !lines_.is_there(0)) {
        lines_.wake_local();
        dispatcher_.worker_back(0, now);
    }
    lost_.add(worker, how);
    scheduling::LastItem last;
    if (how.doing == LostRank::Doing::no_item) last.known = scheduling::LastItem::Known::none;
    if (how.doing == LostRank::Doing::item) last = {scheduling::LastItem::Known::item, how.index};
    std::uint64_t others = 0;
    std::string name;
    for (auto& [id, running] : jobs_) {
        const std::uint64_t held = dispatcher_.items_at(worker, id);
        others += held;
        if (held != 0 && name.empty()) name = running.job->options().name;
    }
    if (how.doing == LostRank::Doing::item && others != 0) --others;
    log::line(lost_.line(worker, name, others));
    recorded_.lost(how.rank, how, dispatcher_.oldest(worker, last), LostWorkers::end_of(how));
    dispatcher_.worker_lost(worker, now, last);
}

void JobTraffic::give_up(int worker, const scheduling::Chunk& chunk, double now) {
    RunningJob* running = jobs_.find(chunk.job);
    if (running == nullptr || running->error) return;
    arrivals_ = arrivals_ || running->job->open();
    const std::uint64_t failed = running->job->failed();
    try {
        running->job->give_up(chunk.first, chunk.count, lost_.error(worker, chunk.attempt));
        early_ends_.note_failures(*running, failed);
    } catch (...) {
        fail(*running, current_failure(no_memory_for_results), now);
    }
}

// Of a call that was cancelled as a whole nobody asks which items were run.
void JobTraffic::leave_out(const scheduling::Chunk& chunk, double now) {
    RunningJob* const running = jobs_.find(chunk.job);
    if (running == nullptr || running->error || running->job->early_end() == nullptr) return;
    arrivals_ = arrivals_ || running->job->open();
    try {
        running->job->leave_out(chunk.first, chunk.count);
    } catch (...) {
        fail(*running, current_failure(no_memory_for_results), now);
    }
}

void JobTraffic::complete(const scheduling::JobCounters& counters, double now) {
    RunningJob* const running = jobs_.find(counters.job);
    if (running == nullptr) return;
    const bool ended = running->job->early_end() != nullptr;
    // All that can fail comes first: then the job is still in the table.
    for (const auto& [worker, seconds] : running->seconds)
        lines_.add(worker, wire::CloseJob{.abandoned = ended ? 1U : 0U, .job = counters.job});
    const bool cancelled = !ended && (counters.cancelled != 0 || counters.open);  // open: not read to its end
    std::exception_ptr error = running->error;
    if (cancelled && counters.out_of_time && !error) error = running->cut(counters);
    running->seal(counters, now);
    ProgressNotes::note(*running, counters, now);
    recorded_.complete(counters.job);
    jobs_.complete(*running, cancelled, std::move(error));
}

}  // namespace hecaton::detail
