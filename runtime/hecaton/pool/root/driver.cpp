// The driver's work: the inbox, jobs, and the dispatcher's actions. What comes from the workers is in
// driver_messages.cpp; who drives, and when, in driver_threads.cpp.
#include <fmt/format.h>
#include <algorithm>
#include <csignal>
#include <hecaton/foundation/error.hpp>
#include <hecaton/foundation/host.hpp>
#include <hecaton/pool/root/driver.hpp>
#include <utility>

namespace hecaton::detail {
namespace {

constexpr double tick_every = 1e-3;
constexpr std::uint64_t bytes_together = 64 * 1024;         // of a run of small chunks: the results are copied
constexpr double patience_with_processes = 1;               // seconds
constexpr std::uint64_t golden_ratio = 0x9E3779B97F4A7C15;  // spreads small numbers over 64 bits

}  // namespace

Driver::Driver(Setup setup) : setup_(std::move(setup)) {
    if (setup_.local != nullptr) {
        slots_.push_back({});
        dispatcher_.add_worker(now());
    }
    for (const int rank : setup_.workers) {
        worker_of_rank_[rank] = dispatcher_.add_worker(now());
        slots_.push_back({.rank = rank, .node = -1, .out = {}});
    }
    group_by_node();
}

double Driver::now() const { return std::chrono::duration<double>(Clock::now() - epoch_).count(); }

std::pair<double*, bool> Driver::Running::seconds_of(int worker) {
    if (worker == last_worker) return {last_seconds, false};
    const auto [entry, added] = seconds.try_emplace(worker, 0.0);
    last_worker = worker;
    last_seconds = &entry->second;
    return {last_seconds, added};
}

Driver::Running* Driver::running(JobId id) {
    if (last_found_ != nullptr && last_found_->id == id) return last_found_;
    const auto found = jobs_.find(id);
    return found == jobs_.end() ? nullptr : last_found_ = &found->second;
}

void Driver::post(std::function<void()> command) {
    const std::lock_guard lock(inbox_mutex_);
    inbox_.push_back(std::move(command));
    inbox_filled_.store(true, std::memory_order_release);
    bell_.ring();
}

void Driver::submit(std::shared_ptr<Job> job, bool detached) {
    job->ask_costs(workers());
    open_jobs_.fetch_add(1);
    if (job->open()) {
        open_inputs_.fetch_add(1);
        const std::lock_guard lock(control_);
        consumer_left_ = Clock::now();  // it will iterate, most likely
    }
    post([this, job = std::move(job)]() mutable { start(std::move(job)); });
    if (detached) start_background();
}

void Driver::cancel(std::shared_ptr<Job> job) {
    post([this, job = std::move(job)] {
        for (auto& [id, running] : jobs_)
            if (running.job == job) return dispatcher_.cancel(id, now());
    });
    wake();
}

void Driver::cancel_all() {
    post([this] {
        for (const auto& [id, running] : jobs_) dispatcher_.cancel(id, now());
        signal_all_processes(SIGTERM);
        kill_at_ = now() + patience_with_processes;
    });
    wake();
}

bool Driver::step() {
    try {
        bool busy = take_inbox();
        busy = receive() || busy;
        if (const double time = now(); time >= next_tick_) {
            next_tick_ = time + tick_every;
            tick(time);
        }
        busy = busy || !dispatcher_.actions().empty();
        carry_out();
        if (std::exchange(arrivals_, false) && waiting_.load() > 1) wake_waiters();
        return busy;
    } catch (...) {  // MPI failed, or memory ran out: no job can be trusted to end by itself
        fail_pool(std::current_exception());
        fail_processes();
        return true;
    }
}

void Driver::tick(double time) {
    dispatcher_.tick(time);
    // What it had finished before a long item.
    if (setup_.local != nullptr && setup_.local->computing_longer_than(std::chrono::milliseconds(1)))
        setup_.local->release_output();
    for (auto& [id, running] : jobs_)
        if (running.progress != nullptr) running.progress->update(running.finished, running.items_in_all(), time);
    if (kill_at_ == 0 || time < kill_at_) return;
    kill_at_ = 0;
    signal_all_processes(SIGKILL);
}

bool Driver::take_inbox() {
    if (!inbox_filled_.load(std::memory_order_acquire)) return false;
    std::vector<std::function<void()>> commands;
    {
        const std::lock_guard lock(inbox_mutex_);
        commands.swap(inbox_);
        inbox_filled_.store(false, std::memory_order_relaxed);
    }
    for (const auto& command : commands) command();
    return true;
}

void Driver::start(std::shared_ptr<Job> job) {
    if (pool_error_) {
        open_jobs_.fetch_sub(1);
        if (job->open()) open_inputs_.fetch_sub(1);
        job->complete({}, false, pool_error_);
        completed_jobs_.fetch_add(1);
        return;
    }
    const MapOptions& options = job->options();
    const JobId id = dispatcher_.submit(
        {.items = job->items(),
         .open = job->open(),
         .chunk_size = options.chunk_size,
         .together =
             isolates(options) || job->block() > 1 ? 0 : bytes_together / std::max<std::size_t>(job->item_bytes(), 1),
         .block = job->block(),
         .attempts = options.attempts,
         .order = job->order()},
        now());
    Running& running = jobs_[id];
    running.job = std::move(job);
    running.id = id;
    running.open = running.job->open();
    running.job->begin_as(id);
    running.begun = now();
    running.report.name = options.name;
    if (options.progress) running.progress = std::make_unique<Progress>(options.name, running.begun);
    running.report.items = running.job->items();
}

void Driver::carry_out() {
    using Kind = scheduling::Action::Kind;
    if (dispatcher_.actions().empty()) return;
    // Carrying out an action causes no event, so the list does not grow meanwhile.
    for (const scheduling::Action& action : dispatcher_.actions()) {
        switch (action.kind) {
            case Kind::send:
                send_chunk(action.worker, action.chunk);
                break;
            case Kind::recall:
                wire::append_record(slots_[static_cast<std::size_t>(action.worker)].out, wire::Recall{});
                break;
            case Kind::lost:
                if (Running* job = running(action.chunk.job)) {
                    arrivals_ = arrivals_ || job->job->open();
                    job->job->give_up(
                        action.chunk.first, action.chunk.count,
                        {.kind = ErrorRecord::Kind::worker_lost,
                         .index = 0,
                         .rank = action.worker < 0 ? -1 : slots_[static_cast<std::size_t>(action.worker)].rank,
                         .host = {},
                         .type_name = "hecaton::WorkerLost",
                         .text = "the worker that ran the item was lost"});
                }
                break;
            case Kind::cancelled:
                if (Running* job = running(action.chunk.job)) job->cancelled = true;
                break;
            case Kind::complete:
                complete(action.chunk.job);
                break;
        }
    }
    dispatcher_.clear_actions();
    // The root's own worker is the first. It comes last: to ring it takes longer than to send a message.
    for (std::size_t worker = slots_.size(); worker-- > 0;)
        if (!slots_[worker].out.empty()) flush(static_cast<int>(worker));
}

void Driver::send_chunk(int worker, const scheduling::Chunk& chunk) {
    WorkerSlot& slot = slots_[static_cast<std::size_t>(worker)];
    Running& running = *this->running(chunk.job);
    Job& job = *running.job;
    const bool local = slot.rank < 0;
    if (running.seconds_of(worker).second) {
        wire::append_record(slot.out, wire::OpenJob{.task = job.task(),
                                                    .job = chunk.job,
                                                    .bytes = job.closure().size(),
                                                    .with_times = job.with_times() ? 1U : 0U,
                                                    .seed = setup_.seed + golden_ratio * job.options().seed,
                                                    .timeout = job.options().timeout.count(),
                                                    .isolate = isolates(job.options()) ? 1U : 0U,
                                                    .attempts = static_cast<std::uint32_t>(job.options().attempts),
                                                    .items = job.items(),
                                                    .name_bytes = job.options().name.size()});
        wire::append(slot.out, job.options().name.data(), job.options().name.size());
        wire::append(slot.out, job.closure().bytes());
    }
    const std::span<const std::byte> items = job.items_in_place(chunk.first, chunk.count);
    const bool bulk = !local && items.size() >= wire::smallest_bulk;
    wire::RunChunk record{
        .attempt = chunk.attempt,
        .id = chunk.id,
        .job = chunk.job,
        .first = chunk.first,
        .count = chunk.count,
        .size = chunk.size,
        .bytes = items.size(),
        .bulk = bulk ? 1U : 0U,
        .items_at = local ? reinterpret_cast<std::uintptr_t>(items.data()) : 0,
        .results_at = local ? reinterpret_cast<std::uintptr_t>(job.results_in_place(chunk.first)) : 0};
    const std::size_t at = slot.out.size();
    wire::append_record(slot.out, record);
    if (bulk) {
        flush(worker, {items.data(), items.size(), running.job});
    } else if (items.empty()) {
        const std::size_t begin = slot.out.size();
        job.append_items(chunk.first, chunk.count, slot.out);
        record.bytes = slot.out.size() - begin;
        std::memcpy(slot.out.data() + at, &record, sizeof record);
        wire::pad(slot.out);
    } else if (!local) {
        wire::append(slot.out, items);
    }
    if (!local) running.report.bytes_sent += record.bytes;
    if (slot.out.size() >= wire::message_fill) flush(worker);
}

void Driver::flush(int worker, Bulk bulk) {
    WorkerSlot& slot = slots_[static_cast<std::size_t>(worker)];
    Message message{std::move(slot.out), std::move(bulk)};
    slot.out = wire::new_head();
    if (slot.rank < 0) {
        setup_.local->deliver(std::move(message));
    } else {
        setup_.endpoint->send(slot.rank, std::move(message));
    }
}

void Driver::complete(JobId id) {
    const auto found = jobs_.find(id);
    if (found == jobs_.end()) return;
    Running running = std::move(found->second);
    jobs_.erase(found);
    last_found_ = nullptr;
    Report& report = running.report;
    report.wall_seconds = now() - running.begun;
    if (running.progress != nullptr) running.progress->finish(running.finished, running.items_in_all(), now());
    for (const auto& [worker, seconds] : running.seconds) {
        wire::append_record(slots_[static_cast<std::size_t>(worker)].out, wire::CloseJob{.job = id});
        report.serial_seconds += seconds;
        report.longest_seconds = std::max(report.longest_seconds, seconds);
        ++report.workers;
    }
    open_jobs_.fetch_sub(1);
    if (running.job->open()) open_inputs_.fetch_sub(1);
    const bool cancelled = running.cancelled || running.open;  // an input that is still open was not read to its end
    running.job->complete(report, cancelled, cancelled ? pool_error_ : nullptr);
    completed_jobs_.fetch_add(1);
    wake_waiters();
}

void Driver::fail_pool(std::exception_ptr error) {
    if (!pool_error_) pool_error_ = std::move(error);
    for (const auto& [id, running] : jobs_) dispatcher_.cancel(id, now());
}

}  // namespace hecaton::detail
