// The launcher's messages at the end of a run and on the way, and the exit status.
#include <sys/wait.h>

#include <csignal>
#include <string>
#include <support/catch.hpp>

#include <launcher/supervision/engine_text.hpp>
#include <launcher/supervision/words.hpp>

using namespace hecaton::launcher;
using namespace std::chrono_literals;

namespace {

RankTable table(int size, int here) {
    RankTable ranks(size);
    for (int rank = 0; rank < here; ++rank)
        ranks.hello({.token = "", .rank = rank, .size = size, .host = "node" + std::to_string(rank / 2), .cores = "0"});
    return ranks;
}

link::Ended how(int status, int signal = 0) { return {.status = status, .signal = signal, .problem = ""}; }

link::Ended by_engine() { return {.signal = SIGTERM, .by_engine = true, .problem = ""}; }

Summary summary(const RankTable& ranks) {
    return {.ranks = ranks, .engine = "mpirun", .family = Mpi::open_mpi, .program = "./prog"};
}

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

    EngineText other(Mpi::mpich);
    other.add("BAD TERMINATION\n", begin);
    CHECK(other.take(true).empty());
}
