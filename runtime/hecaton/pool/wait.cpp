#include <algorithm>
#include <functional>
#include <hecaton/foundation/error.hpp>
#include <hecaton/pool/calls/call_guard.hpp>
#include <hecaton/pool/root/driver.hpp>
#include <hecaton/pool/wait.hpp>
#include <mutex>

namespace hecaton::detail {
namespace {

using Drivers = std::vector<Driver*>;

// Those of the pools that the results come from.
Drivers drivers_of(const std::vector<Awaiting>& results) {
    Drivers drivers;
    for (const Awaiting& result : results) drivers.push_back(result.driver.get());
    std::sort(drivers.begin(), drivers.end());
    drivers.erase(std::unique(drivers.begin(), drivers.end()), drivers.end());
    return drivers;
}

// One pool is simply driven until `done`. Of several only one can be at a time; the others go on in the background, and
// get their turn for those whose MPI has no background.
bool drive_until(const Drivers& drivers, const std::function<bool()>& done, Deadline deadline) {
    constexpr auto turn = std::chrono::milliseconds(1);
    if (drivers.size() == 1) return drivers.front()->wheel().drive_until(done, deadline);
    while (!done()) {
        for (Driver* driver : drivers) {
            const auto now = std::chrono::steady_clock::now();
            if (now >= deadline) return done();
            if (driver->wheel().drive_until(done, std::min(deadline, now + turn))) return true;
        }
    }
    return true;
}

// The position of the first result that `is_it`, asked again whenever a job of one of the pools was completed.
// `hopeless` says that none will ever be.
template <class IsIt, class Hopeless>
std::size_t wait_for_one(const std::vector<Awaiting>& results, Deadline deadline, IsIt&& is_it, Hopeless&& hopeless) {
    std::size_t found = none_of_them;
    const Drivers drivers = drivers_of(results);
    const auto completions = [&drivers] {
        std::uint64_t sum = 0;
        for (const Driver* driver : drivers) sum += driver->completed_jobs();
        return sum;
    };
    std::uint64_t looked_at = completions();
    bool over = false;
    const auto look = [&] {
        const auto at = std::find_if(results.begin(), results.end(), is_it);
        if (at != results.end()) found = static_cast<std::size_t>(at - results.begin());
        over = at != results.end() || hopeless();
    };
    look();
    const auto look_again = [&] {
        if (const std::uint64_t now = completions(); !over && now != looked_at) {
            looked_at = now;
            look();
        }
        return over;
    };
    if (!over) drive_until(drivers, look_again, deadline);
    return found;
}

bool is_ready(const Awaiting& result) { return result.job->ready(); }

}  // namespace

bool wait_all(const std::vector<Awaiting>& results, Deadline deadline) {
    refuse_nested("wait_all()");
    std::size_t ready = 0;  // so many in front are
    const auto all_ready = [&] {
        while (ready < results.size() && is_ready(results[ready])) ++ready;
        return ready == results.size();
    };
    return all_ready() || drive_until(drivers_of(results), all_ready, deadline);
}

std::size_t wait_any(const std::vector<Awaiting>& results, Deadline deadline) {
    refuse_nested("wait_any()");
    if (results.empty()) throw UsageError("wait_any() was called with no results at all: none would ever be ready");
    return wait_for_one(results, deadline, is_ready, [] { return false; });
}

std::size_t wait_any_error(const std::vector<Awaiting>& results, Deadline deadline) {
    refuse_nested("wait_any_error()");
    return wait_for_one(
        results, deadline, [](const Awaiting& result) { return is_ready(result) && !result.job->successful(); },
        [&] { return std::all_of(results.begin(), results.end(), is_ready); });
}

struct CompletionOrder::State {
    std::vector<Awaiting> results;
    Drivers drivers;
    std::mutex mutex;
    std::vector<std::size_t> ready;  // with room for all: the callbacks take no memory
    std::size_t given = 0;

    bool any() {
        const std::lock_guard lock(mutex);
        return given < ready.size();
    }
};

CompletionOrder::CompletionOrder(std::vector<Awaiting> results) : state_(std::make_shared<State>()) {
    refuse_nested("as_completed()");
    state_->drivers = drivers_of(results);
    state_->results = std::move(results);
    state_->ready.reserve(state_->results.size());
    for (std::size_t i = 0; i < state_->results.size(); ++i) {
        // The callback holds no more than it needs: a job that is dropped must not keep its pool.
        state_->results[i].job->on_complete([weak = std::weak_ptr(state_), i] {
            const auto state = weak.lock();
            if (state == nullptr) return;
            const std::lock_guard lock(state->mutex);
            state->ready.push_back(i);
        });
    }
}

CompletionOrder::~CompletionOrder() = default;
CompletionOrder::CompletionOrder(CompletionOrder&&) noexcept = default;
CompletionOrder& CompletionOrder::operator=(CompletionOrder&&) noexcept = default;

std::size_t CompletionOrder::next() {
    refuse_nested("as_completed()");
    State& state = *state_;
    if (state.given == state.results.size()) return none_of_them;
    if (!state.any())
        drive_until(
            state.drivers, [&state] { return state.any(); }, no_deadline);
    const std::lock_guard lock(state.mutex);
    return state.ready[state.given++];
}

}  // namespace hecaton::detail
