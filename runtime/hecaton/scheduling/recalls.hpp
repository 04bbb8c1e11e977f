// Recalls: who gives back: when nothing is left to send and a worker is idle, another is asked for what it has not
// started, if that is estimated to be worth the messages, or if there has been no news of it for so long that the
// estimate must be wrong.
#pragma once

#include <array>
#include <hecaton/scheduling/job_table.hpp>
#include <hecaton/scheduling/worker_table.hpp>
#include <optional>
#include <vector>

namespace hecaton::detail::scheduling {

/// Workers that hold something that others could run, by how much (within 19%): the most loaded is found at once.
class Donors {
  public:
    /// The bucket for so many seconds, from 0 up; -1 for nothing worth mentioning.
    static int bucket_for(double seconds) noexcept;
    void move(std::vector<WorkerRecord>& workers, Place worker, int bucket) noexcept;
    /// The first worker of the highest bucket up to `bucket`, or `nowhere`.
    Place highest(int bucket = buckets - 1) const noexcept;
    static constexpr int buckets = 256;

  private:
    std::array<List<&WorkerRecord::donor_link>, buckets> lists_;
    std::array<std::uint64_t, buckets / 64> filled_{};
};

class Recalls {
  public:
    Recalls(JobTable& jobs, WorkerTable& workers) : jobs_(jobs), workers_(workers) {}

    /// Workers whose answer is expected soon.
    int pending() const noexcept { return pending_; }
    /// What the worker holds has changed.
    void note_load(Place worker);
    /// Asks the worker for all that it has not started.
    void ask(Place worker, Seconds now);
    /// Asks all workers that hold items of the job from `from` on.
    void ask_for(Place job, std::uint64_t from, Seconds now);
    /// An answer is no longer expected soon: it came, or the worker is gone, or it hears nothing while it runs a long
    /// item.
    void expect_nothing(Place worker);
    /// Asks as many workers as is worth it.
    void balance(Seconds now);
    /// When balance() is to be called at the latest.
    std::optional<Seconds> next_balance() const noexcept;

  private:
    Place donor(Seconds now) const;
    bool worth_asking(const WorkerRecord& worker, Seconds now) const;

    JobTable& jobs_;
    WorkerTable& workers_;
    Donors donors_;
    List<&WorkerRecord::age_link> ages_;     // workers that could give something back, longest without news first
    List<&WorkerRecord::asked_link> asked_;  // workers whose answer is expected soon, longest asked first
    int pending_ = 0;                        // workers in asked_
};

}  // namespace hecaton::detail::scheduling
