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
/// What AsyncResults of all types have.
template <class R>
class AsyncCall {
  public:
    AsyncCall(AsyncCall&&) noexcept = default;
    AsyncCall& operator=(AsyncCall&&) noexcept = default;

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
    void wait() const { wait_for_job(*driver_, *job_, no_deadline); }
    /// Waits `longest` at most; true when the result is there.
    template <class Rep, class Period>
    [[nodiscard]] bool wait_for(std::chrono::duration<Rep, Period> longest) const {
        return wait_for_job(*driver_, *job_, deadline_in(longest));
    }
    bool ready() const { return job_->ready(); }
    /// True when get() will not throw. Throws UsageError unless ready().
    bool successful() const {
        check_ready(*job_, "AsyncResult::successful()");
        return job_->successful();
    }
    /// Items that have not started are never run; get() then throws TaskCancelled. Items that run are not interrupted.
    void cancel() const { cancel_job(*driver_, job_); }
    /// Calls `fn` once, without arguments, when the result is there: on the thread that drives the pool, or at once.
    void on_complete(std::function<void()> fn) const { job_->on_complete(std::move(fn)); }
    /// The report of the call. Throws UsageError unless ready().
    Report report() const {
        check_ready(*job_, "AsyncResult::report()");
        return job_->report();
    }

  private:
    friend PoolAccess;
    using GetResult = std::add_lvalue_reference_t<R> (*)(Job&);
    AsyncCall(std::shared_ptr<Job> job, GetResult result, std::shared_ptr<Driver> driver)
        : job_(std::move(job)), result_(result), driver_(std::move(driver)) {}

    std::shared_ptr<Job> job_;
    GetResult result_ = nullptr;
    std::shared_ptr<Driver> driver_;
};

}  // namespace detail

/// What map_async and the other async forms return; R is the type that the blocking form returns. Its destructor
/// neither waits nor cancels. It outlives its pool: the pool's end completes it one way or the other.
template <class R>
class [[nodiscard("result and error are in it alone: keep it, and ask get()")]] AsyncResult
    : public detail::AsyncCall<R> {
    friend detail::PoolAccess;
    using detail::AsyncCall<R>::AsyncCall;
};
/// One without a result may be dropped: what the function does is done all the same.
template <>
class AsyncResult<void> : public detail::AsyncCall<void> {
    friend detail::PoolAccess;
    using detail::AsyncCall<void>::AsyncCall;
};

}  // namespace hecaton
