// The launcher's messages at the end of a run and on the way, and the exit status.
#include <sys/wait.h>

#include <csignal>
#include <string>
#include <support/catch.hpp>

#include <launcher/base/refusal.hpp>
#include <launcher/supervision/closer_look.hpp>
#include <launcher/supervision/engine_text.hpp>
#include <launcher/supervision/words.hpp>

using namespace hecaton::launcher;
using namespace std::chrono_literals;
using Catch::Matchers::EndsWith;

namespace {

RankTable table(int size, int here) {
    RankTable ranks(size);
    for (int rank = 0; rank < here; ++rank)
        ranks.hello({.token = "", .rank = rank, .size = size, .host = "node" + std::to_string(rank / 2), .cores = "0"});
    return ranks;
}

link::Ended how(int status, int signal = 0) { return {.status = status, .signal = signal, .problem = ""}; }

link::Ended by_engine() { return {.signal = SIGTERM, .by_engine = true, .problem = ""}; }

Summary summary(const RankTable& ranks) { return {.ranks = ranks, .engine = "mpirun", .family = Mpi::open_mpi}; }

std::string closing(const Summary& run) {
    std::string all;
    for (const auto& line : closing_words(run)) all += line + "\n";
    return all;
}

}  // namespace

TEST_CASE("a run that went well ends without a word") {
    RankTable ranks = table(2, 2);
    ranks.ended(0, how(0));
    ranks.ended(1, how(0));
    CHECK(closing(summary(ranks)).empty());
    CHECK(exit_status(summary(ranks)) == 0);

    auto cut = summary(ranks);
    cut.output_problem = "standard output: no space";
    CHECK(closing(cut) == "output is missing: standard output: no space\n");
    CHECK(exit_status(cut) == 1);

    ranks.closed(0, "sleep");
    ranks.closed(1, "cat");
    auto outlived = summary(ranks);
    CHECK(closing(outlived) ==
          "rank 0-1 ended, but what it had started still ran a second later, and was ended: sleep\n");
    outlived.quiet = true;
    CHECK(closing(outlived).empty());
}

TEST_CASE("a death is one of a rank by a signal, of its machine, or of the engine") {
    RankTable ranks = table(2, 2);
    auto run = summary(ranks);
    CHECK(!died(run));
    run.engine_result = SIGKILL;
    run.verdict = 128 + SIGKILL;  // as the run's phases say it
    CHECK(died(run));
    run.signal = SIGINT;
    CHECK(!died(run));
    run.signal = 0;
    run.verdict = 124;
    CHECK(!died(run));
    run.engine_result = run.verdict = 0;
    run.lost_daemon = "node1";
    CHECK(died(run));

    for (const auto& [end, is_death] : {std::pair(how(0, SIGSEGV), true), {how(0, SIGABRT), false}, {how(3), false}}) {
        RankTable failed = table(2, 2);
        failed.ended(1, end);
        CHECK(died(summary(failed)) == is_death);
    }
    ranks.lost(1);
    CHECK(died(summary(ranks)));

    // The engine is killed while a rank is in MPI_Init, which fails by it.
    RankTable begun = table(2, 2);
    auto end = how(1);
    end.opening = true;
    begun.ended(1, end);
    auto first = summary(begun);
    CHECK(!died(first));
    first.engine_result = SIGKILL;
    CHECK(died(first));
}

TEST_CASE("the first failure has a card, once") {
    RankTable ranks = table(3, 3);
    ranks.ended(2, how(7));
    ranks.ended(0, how(8));
    ranks.ended(1, how(0));
    auto run = summary(ranks);
    CHECK_THAT(closing(run), ContainsSubstring("rank 2 of 3 on node1 ended with status 7") &&
                                 ContainsSubstring("  after it also failed: rank 0\n"));
    CHECK(exit_status(run) == 7);
    run.card_shown = true;
    CHECK(closing(run).empty());
    run.card_shown = false;
    run.verdict = 124;
    CHECK(closing(run).empty());
    CHECK(exit_status(run) == 124);
    run.verdict = 0;
    run.signal = SIGINT;
    CHECK(closing(run).empty());
    CHECK(exit_status(run) == 130);

    ranks.wrote_error(2, "hecaton: it is over\n");
    CHECK(closing(summary(ranks)).empty());  // it has explained itself
}

TEST_CASE("ranks that were asked to end are named with their items") {
    RankTable ranks = table(12, 12);
    const auto in_item = [](std::uint64_t index, std::string name, std::uint64_t held = 0, std::uint32_t attempt = 1) {
        auto end = how(0, SIGTERM);
        end.asked = true;
        end.item = {
            .running = true, .index = index, .attempt = attempt, .items = 50, .name = std::move(name), .held = held};
        return end;
    };
    ranks.ended(0, how(0));
    ranks.ended(1, in_item(7, "sweep", 3'100));
    ranks.ended(2, in_item(9, "sweep", 240'000, 2));
    ranks.ended(3, in_item(4, ""));
    auto run = summary(ranks);
    run.signal = SIGINT;
    CHECK(closing(run) ==
          "when asked to end, rank 2 on node1 had been in item 9 of \"sweep\" (attempt 2) for 4 min\n"
          "when asked to end, rank 1 on node0 had been in item 7 of \"sweep\" for 3 s\n"
          "when asked to end, rank 3 on node1 had been in item 4 of a call with 50 items for less than 1 s\n");
    run.signal = SIGPIPE;
    CHECK(closing(run).empty());
    run.signal = 0;
    run.verdict = 124;
}

TEST_CASE("the program's own last words are in the card, not the backtraces of Open MPI and UCX") {
    RankTable ranks = table(2, 2);
    std::string words = "reading block 17\n[h:00042] my own line\n";
    const std::string mark = "[h:00042] ";
    words += mark + "*** Process received signal ***\n" + mark + "Signal: Segmentation fault (11)\n";
    for (int frame = 0; frame < 30; ++frame)
        words +=
            mark + "[" + (frame < 10 ? " " : "") + std::to_string(frame) + "] ./prog(" + std::string(500, 'x') + ")\n";
    words += mark + "*** End of error message ***\n";
    words += "[h:42   :0:42] Caught signal 11 (Segmentation fault: address not mapped to object at address (nil))\n";
    words += "==== backtrace (tid:     42) ====\n";
    for (int frame = 0; frame < 12; ++frame)
        words += " " + std::to_string(frame) + "  /lib/libc.so.6(+0x3fd70) [0x7ff36244bd70]\n";
    words += "=================================\n";
    for (std::size_t at = 0; at < words.size(); at += 700)
        ranks.wrote_error(1, std::string_view(words).substr(at, 700));
    ranks.ended(1, how(0, SIGSEGV));
    auto run = summary(ranks);
    run.closer = "hecaton run -n 2 gdb --args ./prog";
    const auto said = closing(run);
    CHECK_THAT(said, ContainsSubstring("  | reading block 17\n  | [h:00042] my own line\n  it used memory"));
    CHECK_THAT(said, EndsWith("  to see where: hecaton run -n 2 gdb --args ./prog\n"));
}

TEST_CASE("no NUL of the engine's reaches the user") {
    EngineText text(Mpi::open_mpi);
    text.add(std::string_view("one\0 line\n\0", 11), {});
    CHECK(text.take(false) == "one line\n");
    text.add(std::string_view("\0", 1), {});
    CHECK_FALSE(text.due());
}

TEST_CASE("the command that looks closer is the run itself, in a debugger") {
    RunOptions run;
    run.program = "./prog";
    run.args = {"--its", "a b", "it's"};
    CHECK_THAT(closer_look(run, 3, {}),
               EndsWith(" run -n 3 gdb -batch -ex run -ex bt --args ./prog --its 'a b' 'it'\\''s'"));
    run.wdir = "w";
    run.environment = {{"K", "a b"}};
    run.hosts = {{.name = "h1", .slots = 2}, {.name = "h2", .slots = 1}};
    run.program = "/bin/true";
    run.args = {};
    CHECK_THAT(
        closer_look(run, 3, {}),
        EndsWith(" run -n 3 --hosts h1:2,h2:1 --wdir w --env 'K=a b' gdb -batch -ex run -ex bt --args /bin/true"));
    run.program = "/usr/bin/gdb";
    CHECK(closer_look(run, 3, {}).empty());
    run.program = "/usr/bin/ldd";  // a script
    CHECK(closer_look(run, 3, {}).empty());
}

TEST_CASE("a bad status without a failure is explained") {
    RankTable ranks = table(2, 2);
    ranks.ended(0, by_engine());
    ranks.ended(1, by_engine());
    auto run = summary(ranks);
    run.engine_result = W_EXITCODE(9, 0);
    CHECK(closing(run) == "mpirun ended the job: a rank called MPI_Abort\n");
    CHECK(exit_status(run) == 9);
    for (const int result : {W_EXITCODE(0, 0), W_EXITCODE(200, 0), W_EXITCODE(0, SIGKILL)}) {
        run.engine_result = result;
        CHECK(exit_status(run) == 1);
    }

    ranks.ended(1, how(0));
    CHECK_THAT(closing(run), ContainsSubstring("rank 1 left with status 0 without MPI_Finalize"));

    ranks.ended(1, by_engine());
    run.lost_daemon = "node1";
    CHECK_THAT(closing(run), ContainsSubstring("mpirun has lost its daemon on node1, and ended the job"));

    const RankTable absent = table(2, 1);
    auto early = summary(absent);
    CHECK(closing(early) == "mpirun did not start all ranks\n");
    CHECK(exit_status(early) == 1);
    early.engine_result = W_EXITCODE(213, 0);
    CHECK(exit_status(early) == 213);
    early.engine_result = W_EXITCODE(0, SIGTERM);
    CHECK(exit_status(early) == 143);
}

TEST_CASE("a cause that mpirun has lost is missed") {
    RankTable ranks = table(1, 1);
    ranks.wrote_error(0, "[h:1] Local abort before MPI_INIT completed\n");
    ranks.ended(0, how(1));
    auto run = summary(ranks);
    run.card_shown = true;
    CHECK(closing(run) == std::string(cause_was_lost) + "\n");
    run.causes.text = "Component: nosuch\n";
    CHECK(closing(run).empty());
    run.causes.lost = true;
    CHECK(closing(run) == std::string(cause_was_lost) + "\n");
    run.causes.told = true;
    CHECK(closing(run).empty());
    run.causes = {};
    run.family = Mpi::mpich;
    CHECK(closing(run).empty());

    RankTable talkative = table(1, 1);
    talkative.wrote_error(0, "no such file\n");
    talkative.ended(0, how(1));
    auto said = summary(talkative);
    said.card_shown = true;
    said.causes.lost = true;
    CHECK(closing(said).empty());  // it may have called MPI_Abort after its own words
}

TEST_CASE("what is said on the way") {
    RankTable ranks = table(4, 3);
    CHECK(limit_reached(ranks, "mpirun", 1'500ms) ==
          "the time limit of 1.5 s is over; rank 0-2 still ran and was asked to end; mpirun had not started rank 3");
    CHECK(limit_reached(table(2, 0), "mpirun", 1s) ==
          "the time limit of 1 s is over; no rank ran; mpirun had not started rank 0-1");
    CHECK(ranks_missing(ranks, "mpirun", 60s) ==
          "mpirun has not started rank 3, 60 s after the last of the others, on node0, node1; waiting on (Ctrl-C or "
          "--timeout end it)");
    CHECK(ranks_missing(table(2, 0), "mpirun", 60s) ==
          "mpirun has not started any rank in 60 s; waiting on (Ctrl-C or --timeout end it)");
    CHECK(rank_map(table(2, 2)) == "  rank  host   cores\n     0  node0  0\n     1  node0  0\n");
    CHECK(does_not_fit("x", "mpirun", {}) ==
          "x: mpirun does not fit the program; start it with the launcher of its own MPI");
    CHECK_THAT(loaded_other_mpi(1, {.mpi = Mpi::mpich, .library = "/l"}, "mpirun"),
               ContainsSubstring("--engine hydra"));
}

TEST_CASE("of mpirun's words about a lost host, its name is left") {
    const std::string rule(74, '-');
    const std::string lost = rule +
                             "\nORTE has lost communication with a remote daemon.\n\n"
                             "  HNP daemon   : [[3,0],0] on node h1\n  Remote daemon: [[3,0],1] on node h2\n\n" +
                             rule + "\n";
    EngineText text(Mpi::open_mpi);
    text.add("[h1:00054] *** Process received signal ***\n[h1:00054] [ 0] /lib/libc.so.6(+0x3c050)[0x7f]\n" + lost +
                 "client_loop: send disconnect: Broken pipe\n",
             {});
    CHECK(text.take(true).empty());
    CHECK(text.lost_daemon() == "h2");
}

TEST_CASE("of mpirun's words about a folder that another one has made, its name is left") {
    const std::string rule(74, '-');
    const auto words = [&](const std::string& problem) {
        return rule + "\nA call to mkdir was unable to create the desired directory:\n\n  Directory: /tmp/ompi.h.0\n" +
               "  Error:     " + problem + "\n\nPlease check to ensure you have adequate permissions\n" + rule +
               "\n[h:1] [[1,0],0] ORTE_ERROR_LOG: Error in file session_dir.c at line 107\n" + rule +
               "\nIt looks like orte_init failed for some reason\n" + rule + "\n";
    };
    EngineText met(Mpi::open_mpi);
    met.add(words("File exists"), {});
    CHECK(met.take(false).empty());
    CHECK(met.collision() == "/tmp/ompi.h.0");
    EngineText refused(Mpi::open_mpi);
    refused.add(words("Permission denied"), {});
    CHECK_THAT(refused.take(false), ContainsSubstring("Permission denied"));
    CHECK(refused.collision().empty());
}

TEST_CASE("what a daemon says itself is shown in place of mpirun's guesses") {
    const std::string rule(74, '-');
    const std::string guess =
        rule + "\nORTE was unable to reliably start one or more daemons.\nThis usually is caused by:\n" + rule + "\n";
    EngineText known(Mpi::open_mpi);
    known.add("your allocation has expired\n", {});
    CHECK(known.take(false) == "your allocation has expired\n");
    known.add("[h2:1] [[1,0],1] ORTE_ERROR_LOG: Error in file session_dir.c at line 107\n" + guess, {});
    CHECK(known.take(false).empty());
    EngineText unknown(Mpi::open_mpi);
    unknown.add(guess, {});
    CHECK(unknown.take(false) == guess);
}

TEST_CASE("what the engine prints is kept for a moment, and judged") {
    const EngineText::time begin{};
    EngineText text(Mpi::open_mpi);
    CHECK_FALSE(text.due());
    text.add("a warning\n", begin);
    CHECK(text.due() == begin + 300ms);
    CHECK(text.take(false) == "a warning\n");
    CHECK_FALSE(text.due());
    const std::string rule(74, '-');
    text.add(rule + "\nComponent: nosuch\n" + rule + "\n", begin);
    text.add(rule + "\nmpirun noticed that process rank 0 exited\n" + rule + "\n", begin + 1s);
    CHECK(text.tells_of_an_end());
    CHECK(text.due() == begin + 1'300ms);
    CHECK(text.take(true) == rule + "\nComponent: nosuch\n" + rule + "\n");
    CHECK(text.causes().told);
    text.add(std::string(100'000, 'x'), begin);
    CHECK(text.due() == begin);  // more is not kept

    text.take(false, true);
    text.add("half of", begin);
    CHECK_FALSE(text.due());
    text.add(" a line\n[h:1] plm:rsh: Warning: setpgid(8,8) failed in parent\n[warn] Epoll MOD(1) on fd 22 failed\nmo",
             begin);
    CHECK(text.take(false) == "half of a line\n");
    text.add("re", begin);
    CHECK(text.take(false, true) == "more");

    EngineText other(Mpi::mpich);
    other.add("BAD TERMINATION\n", begin);
    CHECK(other.take(true).empty());
}

TEST_CASE("ranks that ask to be run again have not failed where the time is limited") {
    RankTable ranks = table(2, 2);
    ranks.limit_time();
    ranks.ended(0, how(75));
    ranks.ended(1, how(0));
    CHECK_FALSE(ranks.first_failure());
    auto run = summary(ranks);
    run.engine_result = W_EXITCODE(75, 0);
    CHECK(closing(run).empty());
    CHECK(exit_status(run) == 75);
    CHECK_FALSE(died(run));
    run.verdict = timed_out;
    CHECK(exit_status(run) == 75);

    RankTable free = table(1, 1);
    free.ended(0, how(75));
    CHECK(free.first_failure() == 0);
    CHECK(exit_status(summary(free)) == 75);
    CHECK(closing(summary(free)).find("ended with status 75") != std::string::npos);

    RankTable worse = table(2, 2);
    worse.limit_time();
    worse.ended(0, how(75));
    worse.ended(1, how(3));
    CHECK(exit_status(summary(worse)) == 3);
}

TEST_CASE("a pool that gives a rank up ends the job, and that is no failure") {
    RankTable ranks = table(2, 2);
    ranks.limit_time();
    ranks.ended(0, by_engine());
    ranks.ended(1, by_engine());
    auto run = summary(ranks);
    run.engine_result = W_EXITCODE(75, 0);
    CHECK(closing(run).empty());
    CHECK(exit_status(run) == 75);
}

TEST_CASE("the words about what still runs at the job's end") {
    RankTable ranks = table(4, 4);
    ranks.ended(0, how(0));
    RunOptions options;
    options.end = {.by = JobEnd::By::time, .at = {}, .span = 55min};
    CHECK(time_is_over(ranks, options) ==
          "out of time: the 55m of --time are over, and rank 1-3 still ran and was asked to end; nothing is kept: "
          "everything would run again");
    options.kept.journal = "j.db";
    CHECK_THAT(time_is_over(ranks, options), EndsWith("; run it again: j.db has what is done"));
}
