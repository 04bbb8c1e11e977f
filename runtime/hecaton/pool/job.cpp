#include <fmt/format.h>

#include <hecaton/foundation/error.hpp>
#include <hecaton/pool/call_guard.hpp>
#include <hecaton/pool/job.hpp>
#include <utility>

namespace hecaton::detail {

Job::Job(std::uint32_t task, std::uint64_t items, MapOptions options)
    : task_(task), items_(items), options_(std::move(options)) {}

Job::~Job() = default;

void Job::add_error(const ErrorRecord& record) {
    if (failed_++ == 0 || record.index < first_error_.index) first_error_ = record;
}

void Job::complete(const Report& report, bool cancelled, std::exception_ptr pool_error) {
    release_items();
    closure_ = Buffer();
    std::vector<std::function<void()>> callbacks;
    {
        const std::lock_guard lock(mutex_);
        report_ = report;
        report_.failed = failed_;
        cancelled_ = cancelled;
        pool_error_ = std::move(pool_error);
        ready_ = true;
        callbacks.swap(callbacks_);
    }
    completed_.notify_all();
    const InCallback guard;
    for (const auto& callback : callbacks) callback();
}

bool Job::ready() const {
    const std::lock_guard lock(mutex_);
    return ready_;
}

bool Job::wait_until(std::chrono::steady_clock::time_point deadline) {
    std::unique_lock lock(mutex_);
    return completed_.wait_until(lock, deadline, [this] { return ready_; });
}

void Job::on_complete(std::function<void()> fn) {
    {
        const std::lock_guard lock(mutex_);
        if (!ready_) {
            callbacks_.push_back(std::move(fn));
            return;
        }
    }
    const InCallback guard;
    fn();
}

void Job::throw_error() const {
    if (pool_error_) std::rethrow_exception(pool_error_);
    if (cancelled_)
        throw TaskCancelled(fmt::format("the call{} was cancelled before all its items were run",
                                        options_.name.empty() ? "" : " \"" + options_.name + "\""));
    if (failed_ != 0 && !errors_are_results_) std::rethrow_exception(to_exception(first_error_));
}

bool Job::successful() const { return !pool_error_ && !cancelled_ && (failed_ == 0 || errors_are_results_); }

Report Job::report() const {
    const std::lock_guard lock(mutex_);
    return report_;
}

}  // namespace hecaton::detail
