// The phases of a run: a state machine that takes in events and gives out orders. It reads no clock and does no I/O.
//
//   starting -> stalled -> running                 ranks come
//   any of these -> failing -> ending -> killing   the run is broken off; failing is left out where nothing has failed
//   any of these -> finished, or ended             nothing more comes from any rank
#pragma once

#include <array>
#include <chrono>
#include <deque>
#include <optional>

#include <launcher/supervision/rank_table.hpp>

namespace hecaton::launcher {

enum class Phase {
    starting,  ///< not all ranks have come
    stalled,   ///< as before, and the user was told that no further rank comes
    running,   ///< all ranks have come
    failing,   ///< the ranks get a moment to end by themselves
    ending,    ///< the ranks were asked to end
    killing,   ///< the ranks are being killed
    finished,  ///< all ranks have ended without being asked; their shims and the engine may go
    ended,     ///< all ranks have ended after they were asked; their shims and the engine may go
};

/// Something to be done now.
struct Order {
    enum Kind {
        end_ranks,        ///< send `signal` to all ranks; their shims kill them after the grace
        let_shims_go,     ///< they may end
        give_up_shims,    ///< shims that are still connected do not answer: they are lost
        signal_engine,    ///< send `signal` to it
        say_limit,        ///< the time limit is over
        say_end,          ///< the job's time is over
        say_missing,      ///< no further rank comes
        say_engine_died,  ///< by `signal`, which we had not sent
    };
    Kind kind{};
    int signal = 0;
};

class Lifecycle {
  public:
    using time = std::chrono::steady_clock::time_point;
    using milliseconds = std::chrono::milliseconds;

    struct Times {
        milliseconds limit{0};  ///< for the whole run; 0: none
        milliseconds grace{0};  ///< between asking a rank to end and killing it
        milliseconds link_timeout{0};
        std::optional<time> job_end = {};  ///< when the job's time is over
        int after_end = 0;                 ///< the verdict of a run that we end then; 0: somebody else ends it
    };

    /// The table has to hear of an event first.
    Lifecycle(const RankTable& ranks, const Times& times) : ranks_(ranks), times_(times) {}

    /// The order say_missing comes when no further rank has come for this long.
    milliseconds patience() const { return 6 * times_.link_timeout; }

    void engine_started(time now);
    void rank_came(time now);
    void rank_failed(int rank, time now);
    /// Nothing more comes from a rank.
    void rank_closed(time now);
    /// `result` is as from waitpid(); `shims`: some are still connected.
    void engine_ended(int result, bool shims, time now);
    /// A signal that asks us to end. A terminal sends to the whole process group, and `timeout` and shells send to us
    /// and to the group, so the same signal again at once is no second request.
    void signalled(int signal, time now);
    /// The job's end is near: somebody has warned us. What it does is for the ranks to decide.
    void warned() { warned_ = true; }
    /// The ranks cannot work together.
    void refused(time now);
    /// Nobody reads our standard output any more.
    void output_broken(time now);
    /// The run was stopped for `rest`, which does not count.
    void rested(std::chrono::nanoseconds rest);
    void time_passed(time now);

    std::optional<Order> next_order();
    /// time_passed() has to be called then at the latest.
    std::optional<time> next_time() const;

    Phase phase() const { return phase_; }
    /// The ranks were asked to end.
    bool asked_to_end() const { return phase_ == Phase::ending || phase_ == Phase::killing || phase_ == Phase::ended; }
    /// The same, or the ranks will be asked in a moment.
    bool breaking_off() const { return phase_ == Phase::failing || asked_to_end(); }
    /// The signal for a rank that comes after all were asked to end; 0 where they were not.
    int signal_for_late_rank() const;
    std::optional<int> engine_result() const { return engine_result_; }
    /// The engine did not end by itself and may have left something.
    bool must_clean_up() const { return must_clean_up_; }
    /// A status that replaces the ranks': refused, timed out, out of time, or the engine died; 0: none.
    int verdict() const { return verdict_; }
    /// When the job's time is over, as far as that is known.
    std::optional<time> job_end() const { return times_.job_end; }
    bool was_warned() const { return warned_; }
    /// Whether it is too late for another start.
    bool out_of_time(time now) const { return warned_ || (times_.job_end && now >= *times_.job_end); }
    /// The first signal that asked us to end; 0: none.
    int signal() const { return signal_; }

  private:
    enum Timer { limit, job_end_comes, missing, end, give_up, engine };

    bool over() const { return phase_ == Phase::finished || phase_ == Phase::ended; }
    bool reached(Timer timer, time now);
    void break_off(milliseconds moment, time now);
    void expect_more(time now);
    void end_ranks(int signal, time now);
    void order(Order::Kind kind, int signal = 0) { orders_.push_back({kind, signal}); }

    const RankTable& ranks_;
    const Times times_;
    bool warned_ = false;
    Phase phase_ = Phase::starting;
    std::deque<Order> orders_;
    std::array<std::optional<time>, 6> timers_;
    std::optional<time> signalled_at_;
    std::optional<int> engine_result_;
    int engine_asked_ = 0;  // how often it was asked to end
    bool must_clean_up_ = false;
    int verdict_ = 0;
    int signal_ = 0;
};

}  // namespace hecaton::launcher
