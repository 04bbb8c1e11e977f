#include <launcher/supervision/lifecycle.hpp>

#include <sys/wait.h>

#include <algorithm>
#include <csignal>

#include <launcher/base/refusal.hpp>

namespace hecaton::launcher {
namespace {

using namespace std::chrono_literals;

constexpr auto own_end = 250ms;        // for the others to end by themselves after one rank left with a bad status
constexpr auto shims_notice = 1s;      // for shims to notice that the engine is gone
constexpr auto shims_end = 4s;         // for shims to end, beyond the grace of their ranks
constexpr auto killed_shims_end = 1s;  // the same where the ranks are killed at once
constexpr auto engine_ends = 3s;       // for the engine to end once all ranks have
constexpr auto asked_again = 2s;       // before an engine that was asked to end is asked again, and then killed
constexpr auto same_request = 200ms;   // between two signals that are one request

}  // namespace

void Lifecycle::engine_started(time now) {
    if (times_.limit.count() > 0) timers_[limit] = now + times_.limit;
    if (times_.after_end != 0) timers_[job_end_comes] = times_.job_end;
    expect_more(now);
}

void Lifecycle::rank_came(time now) {
    if (ranks_.all_here() && (phase_ == Phase::starting || phase_ == Phase::stalled)) phase_ = Phase::running;
    expect_more(now);
}

void Lifecycle::expect_more(time now) {
    timers_[missing].reset();
    if (phase_ == Phase::starting) timers_[missing] = now + patience();
}

void Lifecycle::rank_failed(int rank, time now) { break_off(left_by_itself(ranks_.rank(rank)) ? own_end : 0ms, now); }

void Lifecycle::break_off(milliseconds moment, time now) {
    if (asked_to_end() || timers_[end]) return;
    timers_[end] = now + moment;
    if (!over()) phase_ = Phase::failing;
}

void Lifecycle::rank_closed(time now) {
    if (over() || !ranks_.all_closed()) return;
    phase_ = asked_to_end() ? Phase::ended : Phase::finished;
    timers_[limit].reset();
    timers_[job_end_comes].reset();
    timers_[end].reset();
    order(Order::let_shims_go);
    if (!engine_result_) timers_[engine] = now + engine_ends;
}

void Lifecycle::engine_ended(int result, bool shims, time now) {
    engine_result_ = result;
    timers_[engine].reset();
    timers_[missing].reset();
    if (WIFSIGNALED(result)) {
        must_clean_up_ = true;
        const bool explained = engine_asked_ > 0 || verdict_ != 0 || signal_ != 0 || ranks_.first_failure();
        if (!explained && !ranks_.all_closed()) {
            verdict_ = 128 + WTERMSIG(result);
            order(Order::say_engine_died, WTERMSIG(result));
        }
    }
    // The shims have seen it too; they know whether their rank is about to end by itself.
    if (shims) break_off(shims_notice, now);
}

void Lifecycle::signalled(int signal, time now) {
    if (signal == signal_ && signalled_at_ && now - *signalled_at_ < same_request) return;
    signalled_at_ = now;
    const bool first = signal_ == 0;
    if (first) signal_ = signal;
    end_ranks(first ? signal : SIGKILL, now);
    if (!first) timers_[give_up] = std::min(timers_[give_up].value_or(time::max()), now + killed_shims_end);
}

void Lifecycle::refused(time now) {
    verdict_ = wrong_command_line;
    end_ranks(SIGTERM, now);
}

// A program that writes into a pipe that nobody reads ends in the same way.
void Lifecycle::output_broken(time now) {
    if (asked_to_end()) return;
    signal_ = SIGPIPE;
    end_ranks(SIGTERM, now);
}

void Lifecycle::rested(std::chrono::nanoseconds rest) {
    for (const Timer one : {limit, missing})
        if (auto& at = timers_[one]) *at += rest;
}

void Lifecycle::end_ranks(int signal, time now) {
    timers_[end].reset();
    timers_[missing].reset();
    if (over())
        phase_ = Phase::ended;
    else if (phase_ != Phase::killing)
        phase_ = signal == SIGKILL ? Phase::killing : Phase::ending;
    order(Order::end_ranks, signal);
    if (!timers_[give_up]) timers_[give_up] = now + times_.grace + shims_end;
    // Where not all ranks have come, the engine may still be busy with starting them.
    if (!ranks_.all_here() && !timers_[engine] && !engine_result_) timers_[engine] = now;
}

int Lifecycle::signal_for_late_rank() const {
    if (phase_ == Phase::killing) return SIGKILL;
    if (phase_ != Phase::ending) return 0;
    return signal_ != 0 && signal_ != SIGPIPE ? signal_ : SIGTERM;
}

void Lifecycle::time_passed(time now) {
    if (reached(limit, now)) {
        verdict_ = timed_out;
        order(Order::say_limit);
        end_ranks(SIGTERM, now);
    }
    if (reached(job_end_comes, now) && !asked_to_end()) {
        verdict_ = times_.after_end;
        order(Order::say_end);
        end_ranks(SIGTERM, now);
    }
    if (reached(missing, now)) {
        if (phase_ == Phase::starting) phase_ = Phase::stalled;
        order(Order::say_missing);
    }
    if (reached(end, now)) end_ranks(SIGTERM, now);
    if (reached(give_up, now)) {
        must_clean_up_ = true;
        order(Order::give_up_shims);
        if (!engine_result_ && !timers_[engine]) timers_[engine] = now;
        return;  // where these were the last ranks, the engine gets its time to end
    }
    if (reached(engine, now)) {
        must_clean_up_ = true;
        order(Order::signal_engine, ++engine_asked_ <= 2 ? SIGTERM : SIGKILL);
        timers_[engine] = now + asked_again;
    }
}

bool Lifecycle::reached(Timer timer, time now) {
    auto& at = timers_[timer];
    if (!at || now < *at) return false;
    at.reset();
    return true;
}

std::optional<Order> Lifecycle::next_order() {
    if (orders_.empty()) return std::nullopt;
    const Order next = orders_.front();
    orders_.pop_front();
    return next;
}

std::optional<Lifecycle::time> Lifecycle::next_time() const {
    std::optional<time> next;
    for (const auto& timer : timers_)
        if (timer && (!next || *timer < *next)) next = timer;
    return next;
}

}  // namespace hecaton::launcher
