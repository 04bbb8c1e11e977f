// Jobs whose items come while they run, and the thread that iterates over their results.
#include <hecaton/pool/lazy/job.hpp>
#include <hecaton/pool/root/driver.hpp>

namespace hecaton::detail {

void Driver::extend(std::shared_ptr<LazyJob> job, ItemSegment items, bool last) {
    auto segment = std::make_shared<ItemSegment>(std::move(items));
    post([this, job = std::move(job), segment = std::move(segment), last] {
        Running* running = this->running(job->id());
        if (running == nullptr || running->job != job || !running->open) return;
        if (const std::uint64_t count = segment->count; count != 0) {
            job->add(std::move(*segment));
            running->report.items += count;
            dispatcher_.extend(running->id, count, now());
        }
        if (!last) return;
        running->open = false;
        dispatcher_.close_input(running->id, now());
    });
}

void Driver::cut_inputs() {
    post([this] {
        for (auto& [id, running] : jobs_) {
            if (!running.open) continue;
            running.open = false;
            static_cast<LazyJob&>(*running.job).cut_input();
            dispatcher_.close_input(id, now());
        }
    });
    wake();
}

void Driver::supply() {
    std::unique_lock lock(control_);
    if (stopping_) return;
    if (driving_) return rouse();
    driving_ = true;
    lock.unlock();
    step_alone();
    lock.lock();
    driving_ = false;
    leave_for_now(lock);
}

void Driver::wait_for_arrivals(const LazyJob& job) {
    const auto done = [&job] { return job.has_arrivals() || job.ready(); };
    waiting_.fetch_add(1);
    std::unique_lock lock(control_);
    if (driving_) rouse();  // the background thread steps aside
    while (!done()) {
        if (!driving_) {
            drive_as_sole(lock, done, no_deadline);
        } else {
            changed_.wait_for(lock, std::chrono::milliseconds(50));
        }
    }
    waiting_.fetch_sub(1);
    leave_for_now(lock);
}

// Who iterates will drive again soon, most likely: the background thread takes over only when it does not.
void Driver::leave_for_now(std::unique_lock<std::mutex>& lock) {
    consumer_left_ = Clock::now();
    const bool others = waiting_.load() > 0;
    lock.unlock();
    if (others) changed_.notify_all();
}

}  // namespace hecaton::detail
