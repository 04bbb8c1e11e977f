#include <algorithm>
#include <hecaton/pool/time/out_of_time.hpp>
#include <hecaton/pool/traffic/running_jobs.hpp>

namespace hecaton::detail {

using scheduling::JobCounters;
using scheduling::JobId;

namespace {

// Those of a call that its caller has begun are the caller's, who may still run some.
void release_items(Job& job) {
    if (job.callers_items() == 0) job.release_items();
}

}  // namespace

std::pair<double*, bool> RunningJob::seconds_of(int worker) {
    if (worker == last_worker) return {last_seconds, false};
    const auto [entry, added] = seconds.try_emplace(worker, 0.0);
    last_worker = worker;
    last_seconds = &entry->second;
    return {last_seconds, added};
}

void RunningJob::forget(int worker) noexcept {
    seconds.erase(worker);
    last_worker = -1;
}

void RunningJob::add(int worker, const wire::ChunkDone& results) {
    *seconds_of(worker).first += results.computed;
    if (!job->isolation()) report.waited_seconds += results.seconds - results.computed;
    const std::uint64_t chunk_size = job->options().chunk_size;
    report.chunks += chunk_size == 0 ? 1 : (results.done + chunk_size - 1) / chunk_size;
}

void RunningJob::say_failures(std::span<const std::byte> errors, double now) {
    if (progress == nullptr) return;
    for (Reader records(errors); records.remaining() > 0;) progress->failed(read_error_record(records), now);
}

Progressed RunningJob::progressed(const JobCounters& counters) const {
    return {.done = counters.done_before + counters.finished + counters.lost,
            .failed = job->failed(),
            .restored = counters.done_before,
            .items = counters.open ? job->expected_items() : counters.items};
}

void RunningJob::show_progress(const JobCounters& counters, double now) { progress->update(progressed(counters), now); }

void RunningJob::seal(const JobCounters& counters, double now) {
    if (progress != nullptr) progress->finish(progressed(counters), now);
    report.name = job->options().name;
    report.restored = counters.done_before - job->callers_items();
    report.items = counters.items - report.restored - counters.cancelled;
    report.wall_seconds = now - begun;
    const auto root = seconds.find(0);  // its own worker
    if (root != seconds.end()) job->note_root_seconds(root->second);
    report.workers = static_cast<int>(seconds.size()) + (job->callers_items() != 0 && root == seconds.end() ? 1 : 0);
    for (const auto& [worker, measured] : seconds) {
        const double at_worker = std::min(measured, report.wall_seconds);
        report.serial_seconds += at_worker;
        report.longest_seconds = std::max(report.longest_seconds, at_worker);
    }
}

std::exception_ptr RunningJob::cut(const JobCounters& counters) const {
    return cut_for_time(counters, job->options().name, job->journaled() != nullptr);
}

void CancelList::add(std::shared_ptr<Job> job) noexcept {
    const std::lock_guard lock(mutex_);
    if (job->on_cancel_list_) return;
    job->on_cancel_list_ = true;
    job->next_cancelled_ = std::move(first_);
    first_ = std::move(job);
    any_.store(true, std::memory_order_release);
}

std::shared_ptr<Job> CancelList::next() noexcept {
    if (!any_.load(std::memory_order_acquire)) return nullptr;
    const std::lock_guard lock(mutex_);
    std::shared_ptr<Job> job = std::move(first_);
    if (job != nullptr) {
        first_ = std::move(job->next_cancelled_);
        job->on_cancel_list_ = false;
    }
    if (first_ == nullptr) any_.store(false, std::memory_order_relaxed);
    return job;
}

void RunningJobs::expect(const Job& job) noexcept {
    count_.fetch_add(1);
    if (job.open()) open_.fetch_add(1);
}

void RunningJobs::forget(const Job& job) noexcept {
    count_.fetch_sub(1);
    if (job.open()) open_.fetch_sub(1);
}

void RunningJobs::begin(JobId id, RunningJob&& running, double now) {
    running.id = id;
    running.begun = now;
    if (const MapOptions& options = running.job->options(); options.progress)
        running.progress = std::make_unique<Progress>(options.name, now);
    if (running.job->options().keep_on_interrupt) running.keep_interrupt = std::make_unique<KeepInterrupt>();
    const std::shared_ptr<Job> job = running.job;
    jobs_.try_emplace(id, std::move(running));
    job->begin_as(id);
}

RunningJob* RunningJobs::find(JobId id) {
    if (last_found_ != nullptr && last_found_->id == id) return last_found_;
    const auto found = jobs_.find(id);
    return found == jobs_.end() ? nullptr : last_found_ = &found->second;
}

void RunningJobs::complete(Job& job, Report&& report, bool cancelled, std::exception_ptr error) noexcept {
    forget(job);
    job.complete(std::move(report), cancelled, std::move(error));
    completed_.fetch_add(1);
}

void RunningJobs::complete(RunningJob& running, bool cancelled, std::exception_ptr error) noexcept {
    last_found_ = nullptr;
    const auto taken = jobs_.extract(running.id);
    RunningJob& out = taken.mapped();
    release_items(*out.job);
    complete(*out.job, std::move(out.report), cancelled, std::move(error));
}

void RunningJobs::refuse(Job& job, std::exception_ptr error) noexcept {
    release_items(job);
    complete(job, {}, false, std::move(error));
}

void RunningJobs::fail(const std::exception_ptr& error) noexcept {
    for (auto& [id, running] : jobs_) {
        if (running.borrowed || running.over) continue;
        running.over = true;
        complete(*running.job, std::move(running.report), false, error);
    }
}

void RunningJobs::let_go(const std::exception_ptr& error) noexcept {
    for (auto& [id, running] : jobs_) {
        release_items(*running.job);
        if (!running.over) complete(*running.job, std::move(running.report), false, error);
    }
    last_found_ = nullptr;
    jobs_.clear();
}

}  // namespace hecaton::detail
