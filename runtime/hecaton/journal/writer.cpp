#include <fmt/format.h>
#include <pthread.h>

#include <csignal>
#include <hecaton/foundation/log.hpp>
#include <hecaton/journal/writer.hpp>

namespace hecaton::detail::journal {

namespace {

// A transaction has what came in this time, or ends earlier when so much waits.
constexpr std::chrono::milliseconds longest_wait{500};
constexpr std::size_t enough_entries = 1'000;
constexpr std::size_t enough_bytes = std::size_t{4} << 20U;
// So much memory may wait for a slow disk; then add() waits.
constexpr std::size_t most_bytes = std::size_t{256} << 20U;
constexpr std::chrono::seconds between_progress{1};

}  // namespace

// Signals are for the program's own threads. With SIGXFSZ blocked, a file that may not grow is an error like others.
Writer::Writer(Store& store, const Place& place, Progress progress)
    : store_(store), place_(place), progress_(std::move(progress)) {
    sigset_t all;
    sigset_t before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    try {
        thread_ = std::thread([this] { run(); });
    } catch (...) {
        ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
        throw;
    }
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

Writer::~Writer() {
    if (thread_.joinable()) stop();
}

void Writer::add(Batch&& batch) noexcept {
    if (batch.empty() || failed_) return;
    std::unique_lock lock(mutex_);
    done_.wait(lock, [this] { return waiting_bytes_ < most_bytes || failed_; });
    if (failed_) return;
    const std::size_t entries = batch.count();
    const std::size_t bytes = batch.size();
    try {
        waiting_.push_back(std::move(batch));
    } catch (const std::bad_alloc&) {
        lock.unlock();
        fail("no memory");
        return;
    }
    const bool enough = waiting_entries_ >= enough_entries || waiting_bytes_ >= enough_bytes;
    waiting_entries_ += entries;
    waiting_bytes_ += bytes;
    ++added_;
    const bool first = !pending_;
    if (first) since_ = Clock::now();
    pending_ = true;
    if (first || (!enough && (waiting_entries_ >= enough_entries || waiting_bytes_ >= enough_bytes)))
        work_.notify_one();
}

void Writer::wake() noexcept {
    const std::lock_guard lock(mutex_);
    ++added_;
    if (pending_) return;
    since_ = Clock::now();
    pending_ = true;
    work_.notify_one();
}

bool Writer::flush() {
    std::unique_lock lock(mutex_);
    const std::uint64_t mine = added_;
    flushed_ = mine;
    work_.notify_one();
    done_.wait(lock, [&] { return committed_ >= mine || failed_; });
    return !failed_;
}

std::string Writer::problem() const {
    const std::lock_guard lock(mutex_);
    return problem_;
}

void Writer::stop() noexcept {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        work_.notify_one();
    }
    thread_.join();
}

void Writer::run() noexcept {
    show();
    std::vector<Batch> batches;
    std::unique_lock lock(mutex_);
    for (;;) {
        wait_for_work(lock);
        work_.wait_until(lock, since_ + longest_wait, [this] {
            return stopping_ || flushed_ > committed_ || waiting_entries_ >= enough_entries ||
                   waiting_bytes_ >= enough_bytes;
        });
        if (!pending_) break;
        batches.swap(waiting_);
        const std::size_t bytes = waiting_bytes_;
        const std::uint64_t up_to = added_;
        waiting_entries_ = 0;
        pending_ = false;
        lock.unlock();
        if (!failed_) commit(batches);
        batches.clear();
        lock.lock();
        waiting_bytes_ -= bytes;
        committed_ = up_to;
        done_.notify_all();
    }
    lock.unlock();
    store_.close();
}

// The last commit of several in a second is shown when that is over.
void Writer::wait_for_work(std::unique_lock<std::mutex>& lock) noexcept {
    const auto anything = [this] { return pending_ || stopping_; };
    if (owes_progress_ && !work_.wait_until(lock, shown_ + between_progress, anything)) {
        lock.unlock();
        show();
        lock.lock();
    }
    work_.wait(lock, anything);
}

void Writer::commit(const std::vector<Batch>& batches) noexcept {
    std::optional<std::string> problem;
    try {
        problem = store_.write(batches);
    } catch (const std::exception& error) {  // no memory for the reason
        fail(error.what());
        return;
    }
    if (problem) fail(*problem);
    if (!problem) progress_.commit = now();
    owes_progress_ = true;
    if (problem || Clock::now() - shown_ >= between_progress) show();
}

void Writer::show() noexcept try {
    shown_ = Clock::now();
    owes_progress_ = false;
    progress_.calls = store_.progress();
    progress_.problem = problem();
    write_progress(place_.beside("-progress"), progress_);
} catch (const std::exception&) {  // no memory: the next commit tries again
}

// The calls go on without the journal.
void Writer::fail(const std::string& why) noexcept {
    const std::lock_guard lock(mutex_);
    if (failed_) return;
    failed_ = true;
    try {
        problem_ = why;
        log::line(fmt::format("{}: {}; the calls go on, but no more of their results are kept", place_.name, why));
    } catch (...) {  // no memory for the line
    }
    done_.notify_all();
}

}  // namespace hecaton::detail::journal
