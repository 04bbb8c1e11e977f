// The figures of the report, by hand: factors, what ranks waited for, and whether another order would have helped.
#include <sstream>
#include <string>
#include <support/catch.hpp>

#include <launcher/report/data/read_recording.hpp>
#include <launcher/report/figures/model.hpp>
#include <launcher/report/figures/words.hpp>

using namespace hecaton::launcher::report;

namespace {

Recording recording_of(int ranks, const std::string& lines) {
    std::istringstream from("hecaton-recording 1\nbegin {\"program\":\"/bin/p\",\"ranks\":" + std::to_string(ranks) +
                            "}\n" + lines);
    return read_recording(from, "file");
}

// In the lines below a second is a nanosecond with nine zeros: "2s" stands for that.
Recording in_seconds(int ranks, std::string lines) {
    for (std::size_t at = 0; (at = lines.find("s ", at)) != std::string::npos; at += 10)
        lines.replace(at, 1, "000000000");
    return recording_of(ranks, lines);
}

std::string call(int number, const std::string& begin, const std::string& kind = "map") {
    return "call {\"call\":" + std::to_string(number) + ",\"kind\":\"" + kind +
           "\",\"name\":\"\",\"items\":9,\"time\":" + begin + " }\n";
}
std::string end_call(int number, const std::string& end, const std::string& more = "") {
    return "end_call {\"call\":" + std::to_string(number) + ",\"items\":9,\"time\":" + end + " " + more + "}\n";
}
const std::string end = "end {\"time\":100s ,\"status\":0}\n";

}  // namespace

TEST_CASE("efficiency is load balance times dispatch times start and tail") {
    // The call: 0 to 20 s. Items from 2 to 18 s. Rank 0 computes for 12 of 16 s, rank 1 for 4 of 4 s.
    const auto made = in_seconds(2, call(1, "0") + "ran 1 0 0 1 2s 6s 1\nran 1 0 1 1 12s 6s 1\nran 1 1 2 1 4s 4s 1\n" +
                                        end_call(1, "20s") + end);
    const auto model = model_of(made);
    REQUIRE(model.shares);
    CHECK(model.shares->balance() == Approx(10.0 / 16));
    CHECK(model.shares->dispatch() == Approx(8.0 / 10));
    CHECK(model.shares->start_and_tail() == Approx(16.0 / 20));
    CHECK(model.shares->parallel() == Approx(16.0 / 40));
    CHECK(model.shares->parallel() ==
          Approx(model.shares->balance() * model.shares->dispatch() * model.shares->start_and_tail()));
    REQUIRE(model.calls[0].shares);
    CHECK(model.calls[0].shares->parallel() == Approx(0.4));
    CHECK(model.calls[0].computing == 16'000'000'000);
    CHECK(model.ranks[0].busy == 12'000'000'000);
    CHECK(model.ranks[1].items == 1);
}

TEST_CASE("phases are added, and calls that overlap are one phase") {
    // 10 s with both ranks busy all the time, and 10 s with one of them.
    const auto made =
        in_seconds(2, call(1, "0") + "ran 1 0 0 1 0s 10s 1\nran 1 1 1 1 0s 10s 1\n" + end_call(1, "10s") +
                          call(2, "20s") + call(3, "25s") + "ran 2 0 0 1 20s 5s 1\nran 3 0 0 1 25s 5s 1\n" +
                          end_call(2, "28s") + end_call(3, "30s") + end);
    const auto model = model_of(made);
    REQUIRE(model.phases.size() == 2);
    CHECK(model.phases[1].calls.size() == 2);
    CHECK(model.calls[0].shares);
    CHECK_FALSE(model.calls[1].shares);
    CHECK(model.shares->parallel() == Approx(0.75));
    CHECK(model.shares->balance() == Approx(0.75));
    CHECK(model.shares->dispatch() == Approx(1));
    CHECK(sentence(made, model) ==
          "parallel efficiency 75 % = load balance 75 % × dispatch 100 % × start and tail 100 %: rank 1 ran nothing in "
          "map#2, and the last 5.0 s waited for item 0 of map#3");
}

TEST_CASE("a root that runs nothing, and items that the caller ran, do not count") {
    const auto made = in_seconds(3, call(1, "0") + "ran 1 1 0 1 0s 10s 1\nran 1 2 1 1 0s 10s 1\n" + end_call(1, "10s") +
                                        call(2, "50s") + end_call(2, "60s", ",\"by_caller\":9") + end);
    const auto model = model_of(made);
    CHECK(model.workers == 2);
    CHECK(model.phases.size() == 1);
    CHECK(model.shares->parallel() == Approx(1));
}

TEST_CASE("what two threads of the root run at the same time is the time of one rank") {
    const auto made = in_seconds(
        1, call(1, "0") + "ran 1 0 0 1 0s 8s 1\nran 1 0 1 1 2s 6s 1\nran 1 0 2 1 7s 3s 1\n" + end_call(1, "10s") + end);
    const auto model = model_of(made);
    CHECK(model.shares->parallel() == Approx(1));
    CHECK(model.ranks[0].busy == 10'000'000'000);
    CHECK(model.calls[0].computing == 17'000'000'000);
}

TEST_CASE("the long item at the end is named, with what a cost hint would have gained") {
    // 12 items of 1 s, then one of 10 s, on 2 ranks: 6 s, then 10 s on one rank. Longest first: 11 s.
    std::string lines = call(1, "0");
    for (int i = 0; i < 12; ++i)
        lines +=
            "ran 1 " + std::to_string(i % 2) + " " + std::to_string(i) + " 1 " + std::to_string(i / 2) + "s 1s 1\n";
    lines += "ran 1 1 12 1 6s 10s 1\n";
    const auto made = in_seconds(2, lines + end_call(1, "16s") + end);
    const auto model = model_of(made);
    REQUIRE(model.tail);
    CHECK(model.tail->last.first == 12);
    CHECK(model.tail->time == 10'000'000'000);
    CHECK(model.tail->gain == 5'000'000'000);
    CHECK(sentence(made, model) ==
          "parallel efficiency 69 % = load balance 69 % × dispatch 100 % × start and tail 100 %: the last 10 s waited "
          "for "
          "item 12; with a cost hint it would have ended 5.0 s earlier");
    // imap reads its input as it goes, and knows no costs.
    const auto lazy =
        in_seconds(2, call(1, "0", "imap") + lines.substr(lines.find('\n') + 1) + end_call(1, "16s") + end);
    CHECK(model_of(lazy).tail->gain == 0);
    CHECK(sentence(lazy, model_of(lazy)).ends_with("waited for item 12"));
}

TEST_CASE("no order helps where one item is as long as all") {
    const auto made =
        in_seconds(2, call(1, "0") + "ran 1 0 0 1 0s 1s 1\nran 1 1 1 1 0s 20s 1\n" + end_call(1, "20s") + end);
    const auto model = model_of(made);
    REQUIRE(model.tail);
    CHECK(model.tail->gain == 0);
    CHECK(
        sentence(made, model)
            .ends_with(": the last 19 s waited for item 1; that item alone takes 20 s, so no other order would help"));
}

TEST_CASE("a rank that got all of the slow items is named") {
    std::string lines = call(1, "0") + "ran 1 0 0 1 0s 2s 1\n";
    for (int i = 1; i < 9; ++i)
        lines += "ran 1 1 " + std::to_string(i) + " 1 " + std::to_string(2 * i - 2) + "s 2s 1\n";
    const auto made = in_seconds(2, lines + end_call(1, "16s") + end);
    CHECK(sentence(made, model_of(made)).ends_with(": the last 14 s waited for 7 items of rank 1"));
}

TEST_CASE("a late start and slow dispatch are named") {
    const auto late =
        in_seconds(2, call(1, "0") + "ran 1 0 0 1 6s 6s 1\nran 1 1 1 1 6s 6s 1\n" + end_call(1, "13s") + end);
    CHECK(
        sentence(late, model_of(late)).ends_with(": 6.0 s passed before the first item and 1.0 s after the last one"));
    const auto slow = in_seconds(
        2, call(1, "0") + "ran 1 0 0 1 0s 1s 1\nran 1 1 1 1 0s 1s 1\nran 1 0 2 1 9s 1s 1\nran 1 1 3 1 9s 1s 1\n" +
               end_call(1, "10s") + end);
    CHECK(sentence(slow, model_of(slow)).ends_with(": between its items a rank waited for 8.0 s on average"));
}

TEST_CASE("ranks that had nothing to run are counted") {
    const auto few =
        in_seconds(8, call(1, "0") + "ran 1 0 0 1 0s 9s 1\nran 1 1 1 1 0s 9s 1\n" + end_call(1, "9s") + end);
    CHECK(sentence(few, model_of(few)) ==
          "parallel efficiency 25 % = load balance 25 % × dispatch 100 % × start and tail 100 %: 2 items for 8 ranks");
}

TEST_CASE("longest first is the schedule that a cost hint gives") {
    CHECK(longest_first({}, 4) == 0);
    CHECK(longest_first({5}, 4) == 5);
    CHECK(longest_first({1, 2, 3, 4}, 2) == 5);
    CHECK(longest_first({3, 3, 2, 2, 2}, 2) == 7);
    CHECK(longest_first({1, 1, 1}, 0) == 3);
}

TEST_CASE("busy ranks, times and the slowest") {
    const auto made = in_seconds(2, call(1, "0") + "ran 1 0 0 1 0s 50s 1\nran 1 1 1 10 25s 50s 1\nlost 1 1 77 99s 1\n" +
                                        end_call(1, "100s") + end);
    const auto model = model_of(made, 4);
    CHECK(model.busy == std::vector<double>{1, 2, 1, 0});
    REQUIRE(model.slowest.size() == 2);
    CHECK(model.slowest[0].first == 0);
    CHECK(model.calls[0].items == 11);
    CHECK(model.calls[0].lost == 1);
    const auto& times = model.times.of_call.at(0);
    CHECK(times[Histogram::bin(50e9)] == 1);
    CHECK(times[Histogram::bin(5e9)] == 10);
    CHECK(Histogram::bin(0) == 0);
    CHECK(Histogram::bin(1) == 0);
    CHECK(Histogram::bin(10) == 8);
    CHECK(Histogram::bin(1e300) == Histogram::bins - 1);
}

TEST_CASE("times are written as people write them") {
    CHECK(time_text(0) == "0 s");
    CHECK(time_text(999) == "999 ns");
    CHECK(time_text(1'500) == "1.5 us");
    CHECK(time_text(35'000'000) == "35 ms");
    CHECK(time_text(999'900'000) == "1.0 s");
    CHECK(time_text(41'200'000'000) == "41 s");
    CHECK(time_text(200'000'000'000) == "3 min 20 s");
    CHECK(time_text(2 * 3'600'000'000'000 + 300'000'000'000) == "2 h 5 min");
}

TEST_CASE("a program without calls, and one of which nothing is known") {
    const auto spmd = in_seconds(2, "collective 0 10s 20s 8 all_reduce\ncollective 1 10s 20s 8 all_reduce\n" + end);
    CHECK(sentence(spmd, model_of(spmd)) ==
          "2 ranks for 100 s: no call of a pool, 2 collectives, which took 20 % of the time");
    const auto nothing = in_seconds(1, "");
    CHECK(sentence(nothing, model_of(nothing)) == "1 rank for 0 s: nothing was recorded");
    CHECK(notes(nothing).size() == 1);
}
