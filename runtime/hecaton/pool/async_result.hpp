// AsyncResult: the result of a call that goes on while the body does other things.
#pragma once

#include <chrono>
#include <functional>
#include <hecaton/pool/calls/job.hpp>
#include <hecaton/pool/report.hpp>
#include <memory>
#include <type_traits>
#include <utility>

namespace hecaton {

namespace detail {
class Driver;
struct PoolAccess;

/// Waits for a job; false when the deadline came first. Throws UsageError inside a task or a callback.
bool wait_for_job(Driver& driver, Job& job, Deadline deadline);
/// Items of the job that have not started are never run.
void cancel_job(Driver& driver, const std::shared_ptr<Job>& job);
/// Throws UsageError, naming `call`, unless the job is complete.
void check_ready(const Job& job, const char* call);
}  // namespace detail

/// map_async, starmap_async and apply_async return it; R is the type that the blocking form returns. Its destructor
/// neither waits nor cancels. It outlives its pool: the pool's end completes it one way or the other.
template <class R>
class AsyncResult {
  public:
    AsyncResult(AsyncResult&&) noexcept = default;
    AsyncResult& operator=(AsyncResult&&) noexcept = default;

    /// Waits, then returns the result: by reference, so that it can be asked again, or by value from a temporary.
    /// Throws what the blocking form throws, TaskCancelled after cancel() or the pool's terminate().
    std::add_lvalue_reference_t<R> get() & {
        wait();
        return result_(*job_);
    }
    R get() && {
        wait();
        if constexpr (std::is_void_v<R>) {
            result_(*job_);
        } else {
            return std::move(result_(*job_));
        }
    }

    /// Waits until the result is there.
    void wait() const { detail::wait_for_job(*driver_, *job_, detail::no_deadline); }
    /// Waits `longest` at most; true when the result is there.
    template <class Rep, class Period>
    bool wait_for(std::chrono::duration<Rep, Period> longest) const {
        return detail::wait_for_job(*driver_, *job_, detail::deadline_in(longest));
    }
    bool ready() const { return job_->ready(); }
    /// True when get() will not throw. Throws UsageError unless ready().
    bool successful() const {
        detail::check_ready(*job_, "AsyncResult::successful()");
        return job_->successful();
    }
    /// Items that have not started are never run; get() then throws TaskCancelled. Items that run are not interrupted.
    void cancel() const { detail::cancel_job(*driver_, job_); }
    /// Calls `fn` once, without arguments, when the result is there: on the thread that drives the pool, or at once.
    void on_complete(std::function<void()> fn) const { job_->on_complete(std::move(fn)); }
    /// The report of the call. Throws UsageError unless ready().
    Report report() const {
        detail::check_ready(*job_, "AsyncResult::report()");
        return job_->report();
    }

  private:
    friend detail::PoolAccess;
    using GetResult = std::add_lvalue_reference_t<R> (*)(detail::Job&);
    AsyncResult(std::shared_ptr<detail::Job> job, GetResult result, std::shared_ptr<detail::Driver> driver)
        : job_(std::move(job)), result_(result), driver_(std::move(driver)) {}

    std::shared_ptr<detail::Job> job_;
    GetResult result_ = nullptr;
    std::shared_ptr<detail::Driver> driver_;
};

}  // namespace hecaton
