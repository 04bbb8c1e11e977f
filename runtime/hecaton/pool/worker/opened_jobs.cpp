#include <hecaton/pool/worker/opened_jobs.hpp>
#include <hecaton/survival/interrupts.hpp>
#include <utility>

namespace hecaton::detail {

const OpenedJob& OpenedJobs::open(wire::RecordReader& records) {
    const auto record = records.record<wire::OpenJob>();
    auto job = std::make_shared<OpenedJob>();
    job->with_times = record.with_times != 0;
    job->seed = record.seed;
    job->isolation = record.isolation();
    if (record.keep_on_interrupt != 0) outlive_interrupt();
    job->call = {.items = record.items, .name = std::string(records.text(record.name_bytes))};
    Buffer closure;
    closure.append(records.bytes(record.bytes));
    job->task = ReceivedTask(record.task, std::move(closure));
    return *jobs_.emplace(record.job, std::move(job)).first->second;
}

wire::CloseJob OpenedJobs::close(wire::RecordReader& records) {
    const auto record = records.record<wire::CloseJob>();
    if (record.abandoned != 0) find(record.job)->abandoned.store(true);
    jobs_.erase(record.job);
    last_.reset();
    return record;
}

const std::shared_ptr<OpenedJob>& OpenedJobs::find(std::uint64_t id) {
    if (last_ == nullptr || last_id_ != id) {
        last_ = jobs_.at(id);
        last_id_ = id;
    }
    return last_;
}

}  // namespace hecaton::detail
