#include <algorithm>
#include <hecaton/pool/root/running_jobs.hpp>

namespace hecaton::detail {

using scheduling::JobCounters;
using scheduling::JobId;

RunningJob::RunningJob(JobId id, std::shared_ptr<Job> job, double now) : id_(id), job_(std::move(job)), begun_(now) {
    const MapOptions& options = job_->options();
    report_.name = options.name;
    if (options.progress) progress_ = std::make_unique<Progress>(options.name, now);
}

std::pair<double*, bool> RunningJob::seconds_of(int worker) {
    if (worker == last_worker_) return {last_seconds_, false};
    const auto [entry, added] = seconds_.try_emplace(worker, 0.0);
    last_worker_ = worker;
    last_seconds_ = &entry->second;
    return {last_seconds_, added};
}

void RunningJob::add(int worker, const wire::ChunkDone& results) {
    *seconds_of(worker).first += results.seconds - results.waited;
    const std::uint64_t chunk_size = job_->options().chunk_size;
    report_.chunks += chunk_size == 0 ? 1 : (results.done + chunk_size - 1) / chunk_size;
}

namespace {

// 0: not known.
std::uint64_t items_in_all(const JobCounters& counters) { return counters.open ? 0 : counters.items; }

}  // namespace

void RunningJob::show_progress(const JobCounters& counters, double now) {
    progress_->update(counters.finished, items_in_all(counters), now);
}

Report RunningJob::report(const JobCounters& counters, double now) {
    if (progress_ != nullptr) progress_->finish(counters.finished, items_in_all(counters), now);
    report_.items = counters.items;
    report_.wall_seconds = now - begun_;
    for (const auto& [worker, seconds] : seconds_) {
        report_.serial_seconds += seconds;
        report_.longest_seconds = std::max(report_.longest_seconds, seconds);
        ++report_.workers;
    }
    return report_;
}

void RunningJobs::expect(const Job& job) noexcept {
    count_.fetch_add(1);
    if (job.open()) open_.fetch_add(1);
}

void RunningJobs::begin(JobId id, std::shared_ptr<Job> job, double now) {
    job->begin_as(id);
    jobs_.try_emplace(id, id, std::move(job), now);
}

RunningJob* RunningJobs::find(JobId id) {
    if (last_found_ != nullptr && last_found_->id() == id) return last_found_;
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
