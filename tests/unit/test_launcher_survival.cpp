// Ranks that die while the job goes on: what their shims find out, and what the launcher makes of it.
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <hecaton/foundation/rank_notes.hpp>
#include <string>
#include <support/catch.hpp>

#include <launcher/supervision/card.hpp>
#include <launcher/supervision/words.hpp>
#include <launcher/watch/last_look.hpp>
#include <launcher/watch/standstill.hpp>

using namespace hecaton;
using namespace hecaton::launcher;
using namespace std::chrono_literals;

using detail::RankStage;

namespace {

constexpr int stopped = (SIGSTOP << 8) | 0x7f;
constexpr int continued = 0xffff;

RankTable three() {
    RankTable ranks(3);
    for (int rank = 0; rank < 3; ++rank)
        ranks.hello({.token = "", .rank = rank, .size = 3, .host = "h", .pid = 10 + rank, .cores = ""});
    return ranks;
}

link::Ended killed(bool serving) {
    link::Ended how;
    how.signal = SIGKILL;
    how.serving = serving;
    return how;
}

}  // namespace

TEST_CASE("a rank that served a pool can be missed, and the others decide the status") {
    RankTable ranks = three();
    ranks.ended(1, killed(true));
    REQUIRE(can_be_missed(ranks.rank(1)));
    CHECK(failed_by_itself(ranks.rank(1)));
    ranks.survived(1);
    CHECK_FALSE(failed_by_itself(ranks.rank(1)));
    ranks.ended(0, {});
    CHECK(ranks.status() == 1);  // rank 2 has not ended
    ranks.ended(2, {});
    CHECK(ranks.status() == 0);
    const Summary run{.ranks = ranks};
    CHECK(exit_status(run) == 0);
    CHECK_FALSE(died(run));
    const auto words = closing_words(run);
    REQUIRE(words.size() == 1);
    CHECK(words[0] == "rank 1 of 3 was lost on the way, and the job went on without it");
    link::Ended failed;
    failed.status = 3;
    ranks.ended(0, failed);
    CHECK(exit_status(run) == 3);
}

TEST_CASE("others are missed") {
    RankTable ranks = three();
    ranks.ended(0, killed(false));
    CHECK_FALSE(can_be_missed(ranks.rank(0)));
    auto asked = killed(true);
    asked.asked = true;
    ranks.ended(1, asked);
    CHECK_FALSE(can_be_missed(ranks.rank(1)));
    auto by_engine = killed(true);
    by_engine.by_engine = true;
    ranks.ended(2, by_engine);
    CHECK_FALSE(can_be_missed(ranks.rank(2)));
}

TEST_CASE("a rank that is killed in MPI_Finalize leaves with the status that it had") {
    RankTable ranks = three();
    auto leaving = killed(false);
    leaving.leaving = true;
    leaving.status = 4;
    ranks.ended(1, leaving);
    REQUIRE(can_be_missed(ranks.rank(1)));
    CHECK(status_of(ranks.rank(1).how) == 4);
    ranks.survived(1);
    ranks.ended(0, {});
    ranks.ended(2, {});
    CHECK(closing_words(Summary{.ranks = ranks}).empty());
}

TEST_CASE("cards of ranks that were stopped, or left") {
    RankTable ranks = three();
    auto hung = killed(true);
    hung.hung = true;
    ranks.ended(1, hung);
    CHECK_THAT(crash_card(ranks, 1, "").front(), ContainsSubstring("was stopped (SIGSTOP)"));
    link::Ended left;
    left.serving = true;
    ranks.ended(2, left);
    CHECK_THAT(crash_card(ranks, 2, "").front(), ContainsSubstring("ended with status 0 while it served a pool"));
}

TEST_CASE("a loss travels whole") {
    link::Loss loss{.rank = 7, .how = killed(true)};
    loss.how.item = {.running = true, .known = true, .index = 412, .attempt = 2, .items = 1000, .name = "sweep"};
    const link::Loss there = link::decode_loss(link::encode(loss));
    CHECK(there.rank == 7);
    CHECK(there.how.serving);
    CHECK(there.how.signal == SIGKILL);
    CHECK(there.how.item.known);
    CHECK(there.how.item.index == 412);
    CHECK(link::decode_loss("no json").rank == -1);
}

TEST_CASE("a rank and its shim leave each other notes") {
    LastLook look;
    CHECK(look.notes().stage() == RankStage::other);  // no runtime has found them
    const pid_t rank = ::fork();
    if (rank == 0) {
        detail::find_rank_notes();
        if (detail::rank_notes() == nullptr || std::getenv(detail::RankNotes::variable) != nullptr) std::_Exit(1);
        detail::note_stage(RankStage::serving);
        while (detail::rank_notes()->lost_ranks.load() == 0) ::usleep(1000);
        const auto& lost = detail::rank_notes()->lost[0];
        if (lost.rank != 7 || lost.index != 412 || lost.doing != detail::LostRank::Doing::item) std::_Exit(1);
        ::raise(SIGKILL);
    }
    while (look.notes().stage() != RankStage::serving) ::usleep(1000);
    link::Loss loss{.rank = 7};
    loss.how.item = {.running = true, .known = true, .index = 412};
    look.notes().add(loss);
    int result = 0;
    ::waitpid(rank, &result, 0);
    link::Ended ended;
    look.fill_in(ended, result, {});
    CHECK(ended.signal == SIGKILL);
    CHECK(ended.serving);
    CHECK_FALSE(ended.leaving);
}

TEST_CASE("what a rank leaves with is known when it is killed in MPI_Finalize") {
    LastLook look;
    const pid_t rank = ::fork();
    if (rank == 0) {
        detail::find_rank_notes();
        detail::rank_notes()->leaving_status.store(5);
        detail::note_stage(RankStage::leaving);
        ::raise(SIGKILL);
    }
    int result = 0;
    ::waitpid(rank, &result, 0);
    link::Ended ended;
    look.fill_in(ended, result, {});
    CHECK(ended.leaving);
    CHECK(ended.status == 5);
}

TEST_CASE(
    "a rank that is stopped after MPI_Finalize ends with what it leaves with, and one that is killed there does not") {
    for (const bool hung : {true, false}) {
        LastLook look;
        const pid_t rank = ::fork();
        if (rank == 0) {
            detail::find_rank_notes();
            detail::rank_notes()->leaving_status.store(5);
            detail::note_stage(RankStage::finalized);
            ::raise(SIGKILL);
        }
        int result = 0;
        ::waitpid(rank, &result, 0);
        link::Ended ended;
        ended.hung = hung;
        look.fill_in(ended, result, {});
        CHECK(ended.leaving == hung);
        CHECK(ended.status == (hung ? 5 : 0));
    }
}

TEST_CASE("a rank that stands still is ended where nobody has to wait for it") {
    static Notes notes;  // of this process from here on
    detail::find_rank_notes();
    REQUIRE(detail::rank_notes() != nullptr);
    Standstill::time now{};
    using Verdict = Standstill::Verdict;

    SECTION("stopped while it serves") {
        Standstill still(notes, 10s);
        detail::note_stage(RankStage::serving);
        CHECK_FALSE(still.next());
        still.changed(stopped, now);
        CHECK(still.next() == now + 10s);
        CHECK(still.look(now + 9s) == Verdict::fine);
        CHECK(still.look(now + 10s) == Verdict::hung);
        still.changed(stopped, now);
        still.changed(continued, now);
        CHECK(still.look(now + 20s) == Verdict::fine);
    }
    SECTION("stopped while it drives") {
        Standstill still(notes, 10s);
        detail::note_stage(RankStage::driving);
        still.changed(stopped, now);
        CHECK(still.look(now + 10s) == Verdict::hung);
    }
    SECTION("stopped while it ends") {
        for (const RankStage stage : {RankStage::leaving, RankStage::unfinalized, RankStage::finalized}) {
            Standstill still(notes, 10s);
            detail::note_stage(stage);
            still.changed(stopped, now);
            CHECK(still.look(now + 10s) == Verdict::hung);
        }
    }
    SECTION("stopped by us, or where it is missed") {
        Standstill still(notes, 10s);
        detail::note_stage(RankStage::serving);
        still.signalled(SIGSTOP);
        still.changed(stopped, now);
        CHECK(still.look(now + 20s) == Verdict::fine);
        still.signalled(SIGCONT);
        detail::note_stage(RankStage::other);
        still.changed(stopped, now);
        CHECK(still.look(now + 20s) == Verdict::fine);
    }
    SECTION("in MPI_Finalize while another is lost") {
        Standstill still(notes, 10s);
        detail::note_stage(RankStage::leaving);
        CHECK(still.look(now + 50s) == Verdict::fine);
        still.another_is_lost(now);
        CHECK(still.look(now) == Verdict::fine);
        CHECK(still.look(now + 500ms) == Verdict::fine);
        CHECK(still.look(now + 1s) == Verdict::in_finalize);
        detail::note_stage(RankStage::other);
        CHECK(still.look(now + 2s) == Verdict::fine);
    }
}
