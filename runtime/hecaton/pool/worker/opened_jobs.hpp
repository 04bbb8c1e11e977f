// OpenedJobs: the jobs whose chunks a worker may be given.
#pragma once

#include <atomic>
#include <cstdint>
#include <hecaton/pool/worker/wire.hpp>
#include <hecaton/tasks/runner.hpp>
#include <hecaton/tasks/task_table.hpp>
#include <hecaton/tasks/this_task.hpp>
#include <memory>
#include <optional>
#include <unordered_map>

namespace hecaton::detail {

/// A job as a worker knows it.
struct OpenedJob {
    bool with_times = false;
    std::uint64_t seed = 0;
    std::optional<ItemIsolation> isolation;
    CallContext call;
    std::atomic<bool> abandoned{false};  ///< nobody waits for its items
    // Of the working thread.
    ReceivedTask task;
    std::optional<TimedPace> pace;  // since its first chunk
};

/// One thread at a time.
class OpenedJobs {
  public:
    /// Takes in the next record, which is an OpenJob.
    const OpenedJob& open(wire::RecordReader& records);
    /// Takes in the next record, which is a CloseJob. Chunks of the job that are still held keep it.
    wire::CloseJob close(wire::RecordReader& records);
    /// Throws std::out_of_range for a job that is not open.
    const std::shared_ptr<OpenedJob>& find(std::uint64_t id);

  private:
    std::unordered_map<std::uint64_t, std::shared_ptr<OpenedJob>> jobs_;
    std::shared_ptr<OpenedJob> last_;  // the one that was found last: chunks come in runs
    std::uint64_t last_id_ = 0;
};

}  // namespace hecaton::detail
