// How a run goes through its phases, and what has to be done in each: without processes, and with a clock of our own.
#include <sys/wait.h>

#include <csignal>
#include <string>
#include <support/catch.hpp>

#include <launcher/base/refusal.hpp>
#include <launcher/supervision/lifecycle.hpp>

using namespace hecaton::launcher;
using namespace std::chrono_literals;

namespace {

constexpr int well = W_EXITCODE(0, 0);
constexpr int bad = W_EXITCODE(1, 0);

// Two ranks, started by an engine, with a limit of 60 s, a grace of 2 s, and a link timeout of 10 s.
class Run {
  public:
    explicit Run(std::chrono::milliseconds limit = 60s) : life_(ranks_, {limit, 2s, 10s}) {
        life_.engine_started(now_);
    }

    Lifecycle& life() { return life_; }
    Lifecycle::time now() const { return now_; }

    Run& come(int rank) {
        REQUIRE(ranks_.hello({.token = "", .rank = rank, .size = 2, .host = "h", .pid = 1, .cores = ""}).rank == rank);
        life_.rank_came(now_);
        return *this;
    }
    Run& both_come() { return come(0).come(1); }
    Run& end(int rank, int status, int signal = 0) {
        ranks_.ended(rank, {.status = status, .signal = signal, .problem = ""});
        if (failed_by_itself(ranks_.rank(rank))) life_.rank_failed(rank, now_);
        return *this;
    }
    Run& close(int rank) {
        ranks_.closed(rank);
        life_.rank_closed(now_);
        return *this;
    }
    Run& after(std::chrono::milliseconds time) {
        now_ += time;
        life_.time_passed(now_);
        return *this;
    }
    // All orders that have come: "end 15, leave".
    std::string orders() {
        constexpr const char* words[] = {"end", "leave", "give up", "engine", "limit", "time over", "missing", "died"};
        std::string all;
        while (const auto order = life_.next_order()) {
            all += (all.empty() ? "" : ", ") + std::string(words[order->kind]);
            if (order->signal != 0) all += " " + std::to_string(order->signal);
        }
        return all;
    }

  private:
    RankTable ranks_{2};
    Lifecycle::time now_{};
    Lifecycle life_;
};

}  // namespace

TEST_CASE("a run that goes well") {
    Run run;
    CHECK(run.life().phase() == Phase::starting);
    run.come(0);
    CHECK(run.life().phase() == Phase::starting);
    run.come(1);
    CHECK(run.life().phase() == Phase::running);
    run.end(0, 0).close(0).after(1s);
    CHECK(run.life().phase() == Phase::running);
    CHECK(run.orders().empty());
    run.end(1, 0).close(1);
    CHECK(run.life().phase() == Phase::finished);
    CHECK(run.orders() == "leave");
    run.life().engine_ended(well, false, run.now());
    CHECK_FALSE(run.life().next_time());
    CHECK_FALSE(run.life().must_clean_up());
    CHECK(run.life().verdict() == 0);
    CHECK(run.life().signal() == 0);
}

TEST_CASE("an engine that stays after its ranks is asked to end, and then killed") {
    Run run;
    run.both_come().end(0, 0).close(0).end(1, 0).close(1);
    CHECK(run.orders() == "leave");
    CHECK(run.after(2'900ms).orders().empty());
    CHECK(run.after(100ms).orders() == "engine 15");
    CHECK(run.after(2s).orders() == "engine 15");
    CHECK(run.after(2s).orders() == "engine 9");
    CHECK(run.life().must_clean_up());
    run.life().engine_ended(SIGKILL, false, run.now());
    CHECK(run.orders().empty());  // we ended it ourselves
    CHECK(run.life().verdict() == 0);
}

TEST_CASE("after a failure the others are asked to end") {
    SECTION("at once where a rank crashed") {
        Run run;
        run.both_come().end(0, 0, SIGSEGV);
        CHECK(run.life().phase() == Phase::failing);
        CHECK(run.life().breaking_off());
        CHECK_FALSE(run.life().asked_to_end());
        CHECK(run.after(0ms).orders() == "end 15");
        CHECK(run.life().phase() == Phase::ending);
        run.end(1, 0, SIGTERM).close(0).close(1);
        CHECK(run.life().phase() == Phase::ended);
        CHECK(run.orders() == "leave");
    }
    SECTION("in a moment where it left by itself") {
        Run run;
        run.both_come().end(0, 3);
        CHECK(run.after(200ms).orders().empty());
        CHECK(run.after(50ms).orders() == "end 15");
    }
    SECTION("not at all where they end in that moment") {
        Run run;
        run.both_come().end(0, 3).close(0).after(100ms).end(1, 3).close(1);
        CHECK(run.life().phase() == Phase::finished);
        CHECK(run.orders() == "leave");
        run.life().engine_ended(bad, false, run.now());
        CHECK(run.after(10s).orders().empty());
    }
}

TEST_CASE("signals") {
    SECTION("the first is handed on, the second kills") {
        Run run;
        run.both_come().life().signalled(SIGINT, run.now());
        CHECK(run.orders() == "end 2");
        CHECK(run.life().phase() == Phase::ending);
        run.after(100ms).life().signalled(SIGINT, run.now());
        CHECK(run.orders().empty());  // the same request
        run.after(150ms).life().signalled(SIGINT, run.now());
        CHECK(run.orders() == "end 9");
        CHECK(run.life().phase() == Phase::killing);
        CHECK(run.life().signal() == SIGINT);
        CHECK(run.after(1s).orders() == "give up");
        CHECK(run.after(0ms).orders() == "engine 15");
    }
    SECTION("another signal at once is a second request") {
        Run run;
        run.both_come().life().signalled(SIGINT, run.now());
        run.life().signalled(SIGTERM, run.now());
        CHECK(run.orders() == "end 2, end 9");
        CHECK(run.life().signal() == SIGINT);
    }
    SECTION("before all ranks have come, the engine is asked, too, and late ranks hear of it") {
        Run run;
        run.come(0).life().signalled(SIGTERM, run.now());
        CHECK(run.after(0ms).orders() == "end 15, engine 15");
        CHECK(run.life().signal_for_late_rank() == SIGTERM);
        run.come(1);
        CHECK(run.life().phase() == Phase::ending);
    }
    SECTION("when all ranks have ended, only the status changes") {
        Run run;
        run.both_come().end(0, 0).close(0).end(1, 0).close(1);
        CHECK(run.orders() == "leave");
        run.life().signalled(SIGTERM, run.now());
        CHECK(run.life().phase() == Phase::ended);
        CHECK(run.life().signal() == SIGTERM);
        run.close(1);
        CHECK(run.orders() == "end 15");
    }
}

TEST_CASE("shims that do not answer are given up") {
    Run run;
    run.both_come().life().signalled(SIGTERM, run.now());
    CHECK(run.orders() == "end 15");
    CHECK(run.after(5'900ms).orders().empty());
    CHECK(run.after(100ms).orders() == "give up");
    CHECK(run.life().must_clean_up());
    run.close(0).close(1);
    CHECK(run.orders() == "leave");
    CHECK(run.after(2'900ms).orders().empty());  // the engine has its time
    CHECK(run.after(100ms).orders() == "engine 15");
}

TEST_CASE("the time limit") {
    Run run(5s);
    run.both_come();
    CHECK(run.after(4'900ms).orders().empty());
    CHECK(run.after(100ms).orders() == "limit, end 15");
    CHECK(run.life().verdict() == timed_out);
    CHECK(run.life().phase() == Phase::ending);

    Run rested(5s);
    rested.both_come().after(4s).life().rested(10s);
    CHECK(rested.after(10'900ms).orders().empty());
    CHECK(rested.after(100ms).orders() == "limit, end 15");

    Run none(0s);
    CHECK(none.both_come().after(1'000h).orders().empty());
}

TEST_CASE("ranks that do not come are said once") {
    Run run(0s);
    CHECK(run.life().patience() == 60s);
    CHECK(run.after(50s).come(0).after(59s).orders().empty());
    CHECK(run.after(1s).orders() == "missing");
    CHECK(run.life().phase() == Phase::stalled);
    CHECK(run.after(1'000s).orders().empty());
    run.come(1);
    CHECK(run.life().phase() == Phase::running);
}

TEST_CASE("the engine's end") {
    SECTION("in the middle of the run: its shims see that, and have a second") {
        Run run;
        run.both_come().life().engine_ended(bad, true, run.now());
        CHECK(run.life().phase() == Phase::failing);
        CHECK(run.after(900ms).orders().empty());
        CHECK(run.after(100ms).orders() == "end 15");
        CHECK(run.life().verdict() == 0);
    }
    SECTION("by a signal that we did not send") {
        Run run;
        run.both_come().life().engine_ended(SIGKILL, true, run.now());
        CHECK(run.orders() == "died 9");
        CHECK(run.life().verdict() == 128 + SIGKILL);
        CHECK(run.life().must_clean_up());
    }
    SECTION("with shims that stay") {
        Run run;
        run.both_come().end(0, 0).close(0).end(1, 0).close(1).life().engine_ended(well, true, run.now());
        CHECK(run.orders() == "leave");
        CHECK(run.life().phase() == Phase::finished);
        CHECK(run.after(1s).orders() == "end 15");
        CHECK(run.after(6s).orders() == "give up");
    }
}

TEST_CASE("ranks that cannot work together, and output that nobody reads") {
    Run run;
    run.both_come().life().refused(run.now());
    CHECK(run.orders() == "end 15");
    CHECK(run.life().verdict() == wrong_command_line);
    run.life().output_broken(run.now());
    CHECK(run.orders().empty());
    CHECK(run.life().signal() == 0);

    Run unread;
    unread.both_come().life().output_broken(unread.now());
    unread.life().output_broken(unread.now());
    CHECK(unread.orders() == "end 15");
    CHECK(unread.life().signal() == SIGPIPE);
}

TEST_CASE("at the job's end the ranks are asked to end, and the verdict is as was told") {
    RankTable ranks(1);
    const Lifecycle::time begin{};
    Lifecycle life(ranks, {.limit = 0s, .grace = 2s, .link_timeout = 10s, .job_end = begin + 60s, .after_end = 75});
    life.engine_started(begin);
    CHECK_FALSE(life.out_of_time(begin + 59s));
    CHECK(life.out_of_time(begin + 60s));
    REQUIRE(ranks.hello({.token = "", .rank = 0, .size = 1, .host = "h", .pid = 1, .cores = ""}).rank == 0);
    life.rank_came(begin);
    life.time_passed(begin + 59s);
    CHECK_FALSE(life.next_order());
    life.time_passed(begin + 60s);
    CHECK(life.next_order()->kind == Order::say_end);
    const auto order = life.next_order();
    REQUIRE(order);
    CHECK(order->kind == Order::end_ranks);
    CHECK(order->signal == SIGTERM);
    CHECK(life.verdict() == 75);
    CHECK(life.phase() == Phase::ending);
}

TEST_CASE("where the batch system ends the job, its end is no event") {
    RankTable ranks(1);
    const Lifecycle::time begin{};
    Lifecycle life(ranks, {.limit = 0s, .grace = 2s, .link_timeout = 10s, .job_end = begin + 60s});
    life.engine_started(begin);
    REQUIRE(ranks.hello({.token = "", .rank = 0, .size = 1, .host = "h", .pid = 1, .cores = ""}).rank == 0);
    life.rank_came(begin);
    life.time_passed(begin + 61s);
    CHECK_FALSE(life.next_order());
    CHECK(life.verdict() == 0);
    CHECK(life.job_end() == begin + 60s);
}

TEST_CASE("a warning ends nothing") {
    Run run;
    run.both_come().life().warned();
    CHECK(run.orders().empty());
    CHECK(run.life().was_warned());
    CHECK(run.life().out_of_time(run.now()));
    CHECK_FALSE(run.life().breaking_off());
}
