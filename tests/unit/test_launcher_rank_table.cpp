// The table of the ranks, the card of a failed rank, the frames between shim and launcher, and mpirun's text.
#include <csignal>
#include <stdexcept>
#include <support/catch.hpp>

#include <hecaton/launch/pmix.hpp>
#include <launcher/engines/mpirun_text.hpp>
#include <launcher/supervision/card.hpp>
#include <launcher/supervision/rank_table.hpp>
#include <launcher/watch/loaded_mpi.hpp>

using namespace hecaton::launcher;
using link::Kind;

namespace {

RankTable three() {
    RankTable ranks(3);
    for (int rank = 0; rank < 3; ++rank)
        REQUIRE(ranks.hello({.token = "", .rank = rank, .size = 3, .host = "h", .pid = 10 + rank, .cores = ""}).rank ==
                rank);
    return ranks;
}

link::Ended status(int number) {
    link::Ended how;
    how.status = number;
    return how;
}

link::Ended killed_by(int signal) {
    link::Ended how;
    how.signal = signal;
    return how;
}

link::Ended asked(link::Ended how) {
    how.asked = true;
    return how;
}

link::Ended by_engine(link::Ended how) {
    how.by_engine = true;
    return how;
}

std::string text(const std::vector<std::string>& lines) {
    std::string all;
    for (const auto& line : lines) all += line + "\n";
    return all;
}

}  // namespace

TEST_CASE("memory is that of the host with the most, or of the one where it was not enough") {
    RankTable ranks(3);
    for (int rank = 0; rank < 3; ++rank)
        ranks.hello({.token = "", .rank = rank, .size = 3, .host = rank < 2 ? "a" : "b", .pid = 1, .cores = ""});
    CHECK(ranks.memory_use().bytes == 0);
    for (int rank = 0; rank < 2; ++rank) {
        link::Ended how = asked(killed_by(SIGTERM));
        how.memory = 300;
        ranks.ended(rank, how);
    }
    CHECK(ranks.memory_use().bytes == 600);
    CHECK(ranks.memory_use().host == "a");
    CHECK_FALSE(ranks.memory_use().out_of_memory);
    link::Ended how = killed_by(SIGKILL);
    how.memory = 500;
    how.memory_limit = 512;
    how.out_of_memory = true;
    ranks.ended(2, how);
    CHECK(ranks.memory_use().bytes == 500);
    CHECK(ranks.memory_use().host == "b");
    CHECK(ranks.memory_use().limit == 512);
    CHECK(ranks.memory_use().out_of_memory);
    ranks.survived(2);  // the job went on without it
    CHECK_FALSE(ranks.memory_use().out_of_memory);
}

TEST_CASE("the status is the first failing rank's own") {
    struct Case {
        const char* what;
        std::vector<std::pair<int, link::Ended>> ends;
        int status;
    };
    const std::vector<Case> cases{
        {"all well", {{0, status(0)}, {1, status(0)}, {2, status(0)}}, 0},
        {"one fails", {{0, status(0)}, {2, status(7)}, {1, status(0)}}, 7},
        {"the first counts", {{2, status(7)}, {1, status(3)}, {0, status(0)}}, 7},
        {"a signal", {{1, killed_by(SIGSEGV)}, {0, asked(killed_by(SIGTERM))}, {2, asked(killed_by(SIGKILL))}}, 139},
        {"a rank that was asked is not to blame",
         {{0, asked(killed_by(SIGTERM))}, {1, status(5)}, {2, asked(status(1))}},
         5},
        {"a rank that the engine ended is not to blame",
         {{0, by_engine(killed_by(SIGTERM))}, {1, status(7)}, {2, status(0)}},
         7},
        {"ended by the engine alone", {{0, by_engine(killed_by(SIGTERM))}, {1, status(0)}, {2, status(0)}}, 1},
        {"one has not ended", {{0, status(0)}, {1, status(0)}}, 1},
        {"run me again", {{0, status(75)}, {1, status(0)}, {2, status(0)}}, 75},
    };
    for (const auto& one : cases) {
        INFO(one.what);
        RankTable ranks = three();
        for (const auto& [rank, how] : one.ends) ranks.ended(rank, how);
        CHECK(ranks.status() == one.status);
    }
}

TEST_CASE("a rank whose shim went silent is lost, unless it had told its end") {
    RankTable ranks = three();
    ranks.ended(0, status(0));
    ranks.lost(0);
    CHECK_FALSE(ranks.first_failure());
    CHECK(ranks.still_running() == "1-2");
    ranks.lost(2);
    CHECK(ranks.first_failure() == 2);
    CHECK(ranks.status() == 137);
    CHECK_FALSE(ranks.all_closed());
    ranks.closed(1);
    CHECK(ranks.all_closed());
}

TEST_CASE("a world of the wrong kind is noticed") {
    const auto hello = [](int rank, int size) {
        link::Hello made;
        made.rank = rank;
        made.size = size;
        made.host = "h";
        return made;
    };
    RankTable ranks(2);
    CHECK(ranks.hello(hello(0, 2)).rank == 0);
    CHECK_FALSE(ranks.hello(hello(0, 2)).problem.empty());  // rank 0 again
    CHECK_FALSE(ranks.hello(hello(0, 1)).problem.empty());  // rank 0 of 1
    CHECK_FALSE(ranks.hello(hello(-1, -1)).problem.empty());
    CHECK_FALSE(ranks.hello(hello(2, 2)).problem.empty());
    CHECK_FALSE(ranks.all_here());
    CHECK(ranks.hello(hello(1, -1)).rank == 1);
    CHECK(ranks.all_here());
    RankTable unknown(0);
    CHECK(unknown.hello(hello(1, 2)).rank == 1);
    CHECK(unknown.size() == 2);
    RankTable alone(1);
    CHECK(alone.hello(hello(-1, -1)).rank == 0);
}

TEST_CASE("a card says who, where, how, the last words and the mend") {
    RankTable ranks = three();
    ranks.wrote_error(1, "one\ntwo\n");
    ranks.ended(1, killed_by(SIGSEGV));
    const auto card = text(crash_card(ranks, 1, "./prog"));
    for (const char* part :
         {"rank 1 of 3 on h (pid 11) was ended by signal 11, SIGSEGV", "| one", "| two", "to see where: ./prog"})
        CHECK_THAT(card, ContainsSubstring(part));
    auto starved = killed_by(SIGKILL);
    starved.out_of_memory = true;
    ranks.ended(2, starved);
    CHECK_THAT(text(crash_card(ranks, 2, "./prog")), ContainsSubstring("killed by the out-of-memory killer"));
    auto absent = status(127);
    absent.problem = "./prog: No such file or directory";
    ranks.ended(0, absent);
    CHECK_THAT(text(crash_card(ranks, 0, "./prog")), ContainsSubstring("same path on every machine"));
}

TEST_CASE("a card names the item that the rank was running") {
    const auto words = [](const link::Item& item) {
        RankTable ranks = three();
        auto how = killed_by(SIGSEGV);
        how.item = item;
        ranks.ended(1, link::decode_ended(link::encode(how)));
        return text(crash_card(ranks, 1, "./prog"));
    };
    CHECK_THAT(words({.running = true, .index = 17, .items = 1'000, .name = "sweep"}),
               ContainsSubstring("  it was running item 17 of \"sweep\"\n"));
    CHECK_THAT(words({.running = true, .index = 17, .attempt = 2, .items = 1'000}),
               ContainsSubstring("  it was running item 17 of a call with 1000 items, attempt 2\n"));
    CHECK_THAT(words({.running = true, .index = 1ULL << 40}),
               ContainsSubstring("  it was running item 1099511627776\n"));
    CHECK_THAT(words({.running = true, .items = 1}), ContainsSubstring("  it was running item 0\n"));
    CHECK_THAT(words({.running = false, .index = 17, .name = "sweep"}), !ContainsSubstring("running"));
}

TEST_CASE("only the end of standard error is kept") {
    RankTable ranks = three();
    for (int i = 0; i < 10'000; ++i) ranks.wrote_error(0, "line " + std::to_string(i) + "\n");
    CHECK(ranks.rank(0).last_words.size() < 10'000);
    ranks.ended(0, killed_by(SIGSEGV));
    const auto card = text(crash_card(ranks, 0, "./prog"));
    CHECK_THAT(card, ContainsSubstring("| line 9999\n"));
    CHECK_THAT(card, !ContainsSubstring("line 9990"));
}

TEST_CASE("after an orderly exit the card does not repeat what is just above it") {
    RankTable ranks = three();
    ranks.wrote_error(0, "the reason\n");
    ranks.ended(0, status(3));
    CHECK_THAT(text(crash_card(ranks, 0, "./prog")), !ContainsSubstring("the reason"));
}

TEST_CASE("the port of PMIx's server is read from its address") {
    CHECK(hecaton::detail::launch::pmix_port("1034027008.0;tcp4://127.0.0.1:42177") == 42177);
    CHECK(hecaton::detail::launch::pmix_port("1034027008.0;tcp6://[::1]:42177") == 0);
    CHECK(hecaton::detail::launch::pmix_port("1034027008.0;tcp4://127.0.0.1:142177") == 0);
    CHECK(hecaton::detail::launch::pmix_port("") == 0);
    CHECK(hecaton::detail::launch::pmix_port(nullptr) == 0);
}

TEST_CASE("a rank that has said what is wrong needs no card") {
    RankTable ranks = three();
    ranks.wrote_error(0, "x\nhecaton: std::runtime_error: no\n");
    ranks.ended(0, status(1));
    CHECK(explained_itself(ranks.rank(0)));
    ranks.ended(1, status(1));
    CHECK_FALSE(explained_itself(ranks.rank(1)));
}

TEST_CASE("frames come out as they went in, however the bytes are cut") {
    std::string bytes = link::frame(Kind::output, "hello\n") + link::frame(Kind::leave) + link::frame(Kind::signal, 15);
    for (const std::size_t step : {std::size_t{1}, std::size_t{3}, bytes.size()}) {
        link::FrameReader reader;
        std::vector<link::Frame> found;
        for (std::size_t at = 0; at < bytes.size(); at += step) {
            reader.append(std::string_view(bytes).substr(at, step));
            while (auto frame = reader.next()) found.push_back(*frame);
        }
        REQUIRE(found.size() == 3);
        CHECK(found[0].body == "hello\n");
        CHECK(found[1].kind == Kind::leave);
        CHECK(link::number(found[2].body) == 15);
    }
    link::FrameReader stranger;
    stranger.append("GET / HTTP/1.1\r\n\r\n");
    CHECK_THROWS_AS(stranger.next(), std::runtime_error);
}

TEST_CASE("messages are decoded as they were encoded") {
    const auto hello = link::decode_hello(
        link::encode(link::Hello{.token = "t", .rank = 3, .size = 4, .host = "a b", .pid = 5, .cores = "0-1,3"}));
    CHECK(hello.token == "t");
    CHECK(hello.rank == 3);
    CHECK(hello.host == "a b");
    CHECK(hello.cores == "0-1,3");
    auto how = asked(killed_by(9));
    how.problem = "two\nlines";
    how.reason = 8;
    const auto ended = link::decode_ended(link::encode(how));
    CHECK(ended.signal == 9);
    CHECK(ended.asked);
    CHECK_FALSE(ended.by_engine);
    CHECK(ended.problem == "two lines");
    CHECK(ended.reason == 8);
    const link::Address address{.local = "name",
                                .addresses = {"10.0.0.1", "10.0.1.1"},
                                .port = 5,
                                .token = "t",
                                .grace = 6,
                                .link_timeout = 7,
                                .watch_mpi = true,
                                .open_files = 1'024};
    const auto back = link::decode_address(link::encode(address));
    REQUIRE(back);
    CHECK(back->addresses == address.addresses);
    CHECK(back->link_timeout == 7);
    CHECK(back->watch_mpi);
    CHECK(back->open_files == 1'024);
    for (const char* none : {"nonsense", "", "7", "[]", "{\"token\":"}) CHECK_FALSE(link::decode_address(none));
    how.item = {.running = true, .index = 18'446'744'073'709'551'615U, .attempt = 2, .items = 3, .name = "call \xff"};
    const auto item = link::decode_ended(link::encode(how)).item;
    CHECK(item.running);
    CHECK(item.index == how.item.index);
    CHECK(item.attempt == 2);
    CHECK(item.name == "call \xef\xbf\xbd");  // U+FFFD
    const auto strange = link::decode_ended(R"({"status":"1","signal":99999999999,"reason":-3,"later":null})");
    CHECK(strange.status == 0);
    CHECK(strange.signal == 0);
    CHECK(strange.reason == -3);
    CHECK(link::decode_hello("").rank == -1);
}

TEST_CASE("a loaded MPI shows in a process's maps") {
    CHECK(mpi_in_maps("1-2 r-xp 0 0:0 1  /lib/libc.so.6\n3-4 r-xp 0 0:0 1   /opt/l/libmpich.so.12.2.1\n5-6 rw-p 0\n") ==
          "/opt/l/libmpich.so.12.2.1");
    CHECK(mpi_in_maps("3-4 r-xp 0 0:0 1   /opt/l/libmpi.so.40.30.4") == "/opt/l/libmpi.so.40.30.4");
    CHECK(mpi_in_maps("1-2 r-xp 0 0:0 1  /lib/libc.so.6\n").empty());
}

TEST_CASE("of what mpirun says after a failure, the causes are left") {
    const std::string rule(74, '-');
    const std::string ended =
        rule + "\nPrimary job  terminated normally, but 1 process returned\na non-zero exit code.\n";
    const std::string cause = rule + "\nA requested component was not found.\n\nComponent: nosuch\n" + rule + "\n";
    CHECK(causes("").text.empty());
    CHECK(causes(ended + rule + "\n").text.empty());
    CHECK(causes(ended).text.empty());  // cut off in the middle
    CHECK(causes(cause).text == cause);
    CHECK(causes(ended + rule + "\n" + cause + ended + rule + "\n\n").text == cause + "\n");
    CHECK(causes("[h:1] *** An error occurred in MPI_Send\n").text == "[h:1] *** An error occurred in MPI_Send\n");
    CHECK(causes("no end").text == "no end");
    CHECK(causes("[h:1] 1 more process has sent help message x\n[h:1] Set MCA parameter \"orte_base_help_aggregate\"\n")
              .text.empty());
    CHECK(causes("[h:1] PMIX ERROR: ERROR in file x\n\n").text.empty());
    const std::string general = rule + "\nIt looks like MPI_INIT failed for some reason.\n" + rule + "\n";
    CHECK(causes(general + cause).text == cause + general);

    CHECK_FALSE(says_more_than_mpi("[h:1] *** An error occurred in MPI_Init\n\n*** on a NULL communicator"));
    CHECK_FALSE(says_more_than_mpi(""));
    CHECK(says_more_than_mpi("[h:1] *** one\nheat: no such file\n"));

    const std::string loss = "[h:1] ORTE_ERROR_LOG: Out of resource in file ../orte/util/show_help.c at line 507\n";
    CHECK(causes(loss).lost);
    CHECK(causes(loss).text.empty());
    CHECK(causes(general + loss + ended + rule + "\n").lost);
    CHECK(causes(loss + cause).told);
    CHECK_FALSE(causes(general + loss).told);
    CHECK_FALSE(causes(general + ended).lost);

    CHECK(failed_to_begin("*** An error occurred in MPI_Init\n[h:1] Local abort before MPI_INIT completed completed"));
    CHECK_FALSE(failed_to_begin("*** An error occurred in MPI_Send\n"));
}
