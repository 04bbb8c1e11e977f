#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <cstring>
#include <hecaton/foundation/error.hpp>
#include <hecaton/foundation/log.hpp>
#include <hecaton/pool/calls/call_guard.hpp>
#include <hecaton/pool/calls/job.hpp>
#include <hecaton/recording/switch.hpp>
#include <hecaton/scheduling/cost_order.hpp>
#include <limits>
#include <mutex>
#include <utility>
#include <vector>

namespace hecaton::detail {

struct Job::Completion {
    std::mutex mutex;
    std::condition_variable completed;
    bool ready = false;
    bool cancelled = false;
    std::exception_ptr error;
    Report report;
    std::vector<std::function<void()>> callbacks;
};

namespace {

// It runs on the thread that drives: what it throws must not stop the pool.
void call_back(const std::function<void()>& callback) noexcept {
    if (!callback) return log::line("on_complete was given an empty function: nothing is called");
    const InCallback guard;
    try {
        callback();
    } catch (...) {
        try {
            const ErrorRecord what = current_exception_record(0, 0);
            log::line("a function that was given to on_complete threw " + type_and_text(what.type_name, what.text));
        } catch (...) {  // no memory for the words
            log::line("a function that was given to on_complete threw");
        }
    }
}

}  // namespace

Job::Job(std::uint32_t task, std::uint64_t items, MapOptions options)
    : task_(task),
      items_(items),
      options_(std::move(options)),
      isolation_(isolation_of(options_)),
      completion_(std::make_unique<Completion>()) {}

Job::~Job() = default;

void Job::ask_costs(int workers) {
    if (!options_.cost) return;
    if (open_)
        throw UsageError(
            "MapOptions::cost is for calls that know all their items, since the longest go first; imap and its kin "
            "read "
            "their input as they go: leave it out, or use map");
    if (items_ < 2) return;
    std::vector<double> costs(items_);
    for (std::size_t i = 0; i < costs.size(); ++i) {
        costs[i] = options_.cost(i);
        if (!(costs[i] >= 0 && costs[i] <= std::numeric_limits<double>::max()))
            throw UsageError(fmt::format(
                "MapOptions::cost gave {} for item {}: a cost is a finite number from 0 up, in any unit", costs[i], i));
    }
    order_ = std::make_shared<const scheduling::CostOrder>(
        costs, scheduling::CostOrderLimits{.workers = static_cast<std::uint64_t>(workers),
                                           .block = block_,
                                           .chunk_size = options_.chunk_size,
                                           .done = done_before_});
}

void Job::add_error(const ErrorRecord& record) {
    if (recording::on()) note_error(record);
    if (failed_++ == 0 || record.index < first_error_.index) first_error_ = record;
}

void Job::complete(Report&& report, bool cancelled, std::exception_ptr error) noexcept {
    closure_ = Buffer();
    report.failed = failed_;
    if (callers_items_ == 0) note_end(report, cancelled || error || early_end_);
    std::vector<std::function<void()>> callbacks;
    {
        const std::lock_guard lock(completion_->mutex);
        completion_->report = std::move(report);
        completion_->cancelled = cancelled;
        completion_->error = std::move(error);
        completion_->ready = true;
        callbacks.swap(completion_->callbacks);
    }
    completion_->completed.notify_all();
    for (const auto& callback : callbacks) call_back(callback);
}

void Job::add_callers_part(const Report& part, std::exception_ptr error) {
    const std::lock_guard lock(completion_->mutex);
    if (error && !completion_->error) completion_->error = std::move(error);
    Report& report = completion_->report;
    report.by_caller = part.by_caller;
    report.chunks += part.chunks;
    report.serial_seconds += part.serial_seconds;
    report.waited_seconds += part.waited_seconds;
    report.longest_seconds = std::max(report.longest_seconds, root_seconds_ + part.serial_seconds);
    report.wall_seconds = part.wall_seconds;
    report.failed = failed_;
    note_end(report, completion_->cancelled || completion_->error);
}

bool Job::ready() const {
    const std::lock_guard lock(completion_->mutex);
    return completion_->ready;
}

bool Job::wait_until(Deadline deadline) {
    std::unique_lock lock(completion_->mutex);
    return completion_->completed.wait_until(lock, deadline, [this] { return completion_->ready; });
}

void Job::on_complete(std::function<void()> fn) {
    {
        const std::lock_guard lock(completion_->mutex);
        if (!completion_->ready) {
            completion_->callbacks.push_back(std::move(fn));
            return;
        }
    }
    call_back(fn);
}

void Job::throw_error() const {
    if (completion_->error) std::rethrow_exception(completion_->error);
    if (completion_->cancelled)
        throw TaskCancelled(fmt::format("the call{} was cancelled before all its items were run",
                                        options_.name.empty() ? "" : " \"" + options_.name + "\""));
    if (throws_early_end_ && early_end_) throw TaskCancelled(early_end_->text);
    if (failed_ != 0 && !errors_are_results_) std::rethrow_exception(to_exception(first_error_));
}

bool Job::successful() const {
    return !completion_->error && !completion_->cancelled && !throws_early_end_ &&
           (failed_ == 0 || errors_are_results_);
}

Report Job::report() const {
    const std::lock_guard lock(completion_->mutex);
    return completion_->report;
}

void copy_results(std::span<std::byte> place, std::span<const std::byte> values) {
    if (values.size() != place.size()) throw DecodeError("an array of results has another length than is said");
    std::memcpy(place.data(), values.data(), values.size());
}

}  // namespace hecaton::detail
