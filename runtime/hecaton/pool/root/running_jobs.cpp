#include <algorithm>
#include <hecaton/pool/root/running_jobs.hpp>

namespace hecaton::detail {

using scheduling::JobCounters;
using scheduling::JobId;

std::pair<double*, bool> RunningJob::seconds_of(int worker) {
    if (worker == last_worker) return {last_seconds, false};
    const auto [entry, added] = seconds.try_emplace(worker, 0.0);
    last_worker = worker;
    last_seconds = &entry->second;
    return {last_seconds, added};
}

void RunningJob::add(int worker, const wire::ChunkDone& results) {
    *seconds_of(worker).first += results.seconds - results.waited;
    const std::uint64_t chunk_size = job->options().chunk_size;
    report.chunks += chunk_size == 0 ? 1 : (results.done + chunk_size - 1) / chunk_size;
}

void RunningJob::show_progress(const JobCounters& counters, double now) {
    progress->update(counters.finished, counters.open ? 0 : counters.items, now);
}

void RunningJob::seal(const JobCounters& counters, double now) {
    if (progress != nullptr) progress->finish(counters.finished, counters.open ? 0 : counters.items, now);
    report.name = job->options().name;
    report.items = counters.items;
    report.wall_seconds = now - begun;
    report.workers = static_cast<int>(seconds.size());
    for (const auto& [worker, at_worker] : seconds) {
        report.serial_seconds += at_worker;
        report.longest_seconds = std::max(report.longest_seconds, at_worker);
    }
}

void RunningJobs::expect(const Job& job) noexcept {
    count_.fetch_add(1);
    if (job.open()) open_.fetch_add(1);
}

void RunningJobs::begin(JobId id, std::shared_ptr<Job> job, double now) {
    RunningJob& running = jobs_[id];
    running.job = std::move(job);
    running.id = id;
    running.begun = now;
    running.job->begin_as(id);
    if (const MapOptions& options = running.job->options(); options.progress)
        running.progress = std::make_unique<Progress>(options.name, now);
}

RunningJob* RunningJobs::find(JobId id) {
    if (last_found_ != nullptr && last_found_->id == id) return last_found_;
    const auto found = jobs_.find(id);
    return found == jobs_.end() ? nullptr : last_found_ = &found->second;
}

RunningJob RunningJobs::take(JobId id) {
    last_found_ = nullptr;
    return std::move(jobs_.extract(id).mapped());
}

void RunningJobs::complete(Job& job, const Report& report, bool cancelled, std::exception_ptr pool_error) {
    count_.fetch_sub(1);
    if (job.open()) open_.fetch_sub(1);
    job.complete(report, cancelled, std::move(pool_error));
    completed_.fetch_add(1);
}

}  // namespace hecaton::detail
