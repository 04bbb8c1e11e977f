#include <algorithm>
#include <hecaton/foundation/compute_clock.hpp>
#include <hecaton/pool/caller/caller_run.hpp>
#include <hecaton/pool/traffic/failure.hpp>
#include <hecaton/recording/process.hpp>
#include <hecaton/recording/switch.hpp>
#include <hecaton/tasks/error_record.hpp>
#include <hecaton/tasks/forked_copy.hpp>
#include <hecaton/tasks/task_table.hpp>
#include <utility>

namespace hecaton::detail {
namespace {

constexpr double between_looks = 10e-6;  // seconds
constexpr double first_verdict = 60e-6;  // before that the clock and the first items say too little
constexpr std::uint64_t piece_bytes = 64 * 1024;

/// This thread is the root's worker for as long as it lives.
class AsRoot {
  public:
    explicit AsRoot(const WorkerContext& root) : outer_(std::exchange(worker_context, root)) {}
    ~AsRoot() { worker_context = outer_; }
    AsRoot(const AsRoot&) = delete;
    AsRoot& operator=(const AsRoot&) = delete;

  private:
    const WorkerContext outer_;
};

}  // namespace

CallerRun::CallerRun(Job& job, const Setup& setup)
    : job_(job), setup_(setup), call_{.items = job.items(), .name = job.options().name} {
    // So many take as long as the time between two looks; nothing is known of the first item of a callable.
    if (setup.cost > 0) stride_ = static_cast<std::uint64_t>(std::clamp(between_looks / setup.cost, 1.0, 1e6));
    if (setup.whole) stride_ = job.items();
}

void CallerRun::compute() noexcept {
    thread_local ComputeClock clock;
    const AsRoot as_root(setup_.root);
    const std::int64_t begun = clock.begin(steady_ns());
    try {
        run_items();
    } catch (...) {  // no item's error: the callable could not be made, or memory for the results is lacking
        const std::lock_guard lock(mutex_);
        if (!stopped_) begun_items_ = job_.items();
        stopped_ = true;
        failure_ = current_exception_record(piece_, setup_.root.rank);
    }
    end_forked_copy();
    const std::int64_t ended = steady_ns();
    seconds_ = clock.end(ended);
    waited_ = std::max(static_cast<double>(ended - begun) * 1e-9 - seconds_, 0.0);
}

void CallerRun::run_items() {
    Reader closure(job_.closure().bytes());
    const std::unique_ptr<Runner> runner = task_maker(job_.task())(closure);
    const std::uint64_t items = job_.items();
    const std::uint64_t block = job_.block();
    const bool in_place = !job_.items_in_place(0, 1).empty();
    std::uint64_t count = in_place ? items : block * std::max<std::uint64_t>(stride_ / block, 1);
    const std::uint64_t most = block * std::max<std::uint64_t>(piece_bytes / job_.item_bytes() / block, 1);
    for (count = std::min(count, items); piece_ < items; count = std::min({2 * count, most, items - piece_})) {
        run_piece(*runner, count);
        if (output_.done < count || !accept()) return;
    }
}

void CallerRun::run_piece(Runner& runner, std::uint64_t count) {
    std::span<const std::byte> bytes = job_.items_in_place(piece_, count);
    if (bytes.empty()) {
        items_.clear();
        job_.append_items(piece_, count, items_);
        bytes = items_.bytes();
    }
    output_.reset(job_.results_in_place(piece_, count).data(), job_.with_times());
    runner.run({.items = bytes, .first = piece_, .count = count, .attempt = 1, .seed = setup_.seed, .call = &call_},
               output_, *this);
    if (recording::on()) note_stride();
    stride_begun_ = -1;  // what comes next is no item
}

// All items that were begun have been run.
void CallerRun::note_stride() noexcept {
    const std::int64_t now = steady_ns();
    if (stride_begun_ >= 0 && begun_items_ > noted_)
        pieces_.add({.first = noted_,
                     .count = begun_items_ - noted_,
                     .start = recording::time_of(stride_begun_),
                     .duration = now - stride_begun_});
    noted_ = begun_items_;
    stride_begun_ = now;
}

// As the worker's pace: how many items, or blocks of them, to run before the next look at the clock.
std::uint64_t CallerRun::next(std::uint64_t left) {
    end_forked_copy();
    if (setup_.watched) {
        const std::lock_guard lock(mutex_);
        return claim(left);
    }
    return claim(left);
}

std::uint64_t CallerRun::claim(std::uint64_t most) {
    if (recording::on()) note_stride();
    if (stopped_) return 0;
    if (begun_items_ == 0) {
        first_begun_ = Clock::now();
    } else if (!setup_.whole) {
        const double now = since(first_begun_);
        if (worth_sharing(begun_items_, now)) {
            stopped_ = true;
            return 0;
        }
        if (now - asked_ < between_looks) stride_ *= 2;
        if (now - asked_ > 4 * between_looks) stride_ = std::max<std::uint64_t>(stride_ / 4, 1);
        asked_ = now;
    }
    const std::uint64_t count = std::min(stride_, most);
    begun_items_ = std::min(begun_items_ + count * job_.block(), job_.items());
    return count;
}

bool CallerRun::worth_sharing(std::uint64_t begun, double elapsed) const noexcept {
    if (elapsed < first_verdict || begun == job_.items()) return false;
    if (elapsed > ShareOrNot::longest) return true;
    const std::uint64_t left = job_.items() - begun;
    return setup_.sharing.pays(left, elapsed / static_cast<double>(begun) * static_cast<double>(left));
}

std::optional<std::uint64_t> CallerRun::take_rest() noexcept {
    const std::lock_guard lock(mutex_);
    if (stopped_ || begun_items_ == job_.items()) return {};
    if (begun_items_ == 0 || !worth_sharing(begun_items_, since(first_begun_))) return 0;
    stopped_ = taken_ = true;
    return begun_items_;
}

// Unless somebody else has the job: then the results wait for deliver().
bool CallerRun::accept() {
    if (!setup_.watched) return accept_now();
    const std::lock_guard lock(mutex_);
    return !taken_ && accept_now();
}

bool CallerRun::accept_now() {
    const std::span<const std::byte> values =
        output_.in_place != nullptr ? std::span<const std::byte>() : output_.values.bytes();
    job_.accept({.first = piece_,
                 .done = output_.done,
                 .values = values,
                 .errors = output_.errors.bytes(),
                 .times = std::as_bytes(std::span(output_.times)),
                 .rank = setup_.root.rank,
                 .host = {}});
    piece_ += std::exchange(output_.done, 0);
    return true;
}

void CallerRun::deliver() noexcept {
    if (!failure_) {
        try {
            if (output_.done != 0) accept_now();
        } catch (...) {
            failure_ = current_exception_record(piece_, setup_.root.rank);
        }
    }
    if (!failure_) return;
    try {
        job_.give_up(piece_, begun_items_ - piece_, *failure_);
    } catch (...) {
        error_ = current_failure(no_memory_for_results);
    }
}

}  // namespace hecaton::detail
