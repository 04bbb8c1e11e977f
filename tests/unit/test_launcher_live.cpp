// What ranks run and since when, as the launcher learns it and says it.
#include <chrono>
#include <cmath>
#include <cstdint>
#include <hecaton/foundation/rank_notes.hpp>
#include <string>
#include <support/catch.hpp>
#include <tuple>
#include <vector>

#include <launcher/live/call_text.hpp>
#include <launcher/live/inquiry.hpp>
#include <launcher/live/items.hpp>
#include <launcher/live/pace.hpp>
#include <launcher/live/progress_display.hpp>
#include <launcher/watch/call_news.hpp>
#include <launcher/watch/notes.hpp>

using namespace hecaton;
using namespace launcher;
using namespace std::chrono_literals;
using Catch::Detail::Approx;
using lines = std::vector<std::string>;

namespace {

link::Item in_item(std::uint64_t index, std::uint64_t held, std::string name = "sweep") {
    return {.running = true, .known = true, .index = index, .items = 50, .name = std::move(name), .held = held};
}

}  // namespace

TEST_CASE("each rank is named with its item, that first which has been in it for longest") {
    const std::vector<RankItem> ranks{{0, "a", {.known = true}},
                                      {1, "a", in_item(7, 0)},
                                      {2, "b", in_item(9, 240'000)},
                                      {3, "b", in_item(1, 1, "")},
                                      {4, "b", {.known = true}},
                                      {5, "b", {.known = true}},
                                      {6, "c", {}}};
    CHECK(items_now(ranks) == lines{"rank 2 on b has been in item 9 of \"sweep\" for 4 min",
                                    "rank 3 on b has been in item 1 of a call with 50 items for 1 s",
                                    "rank 1 on a has been in item 7 of \"sweep\" for less than 1 s",
                                    "ranks 0, 4-5 run no item", "rank 6 does not say what it runs"});
    CHECK(items_then(ranks).size() == 3);
    CHECK(items_now({{0, "a", {}}, {1, "a", {}}}) ==
          lines{"no rank runs a call of a hecaton pool, as far as is known"});
    CHECK(items_then({{0, "a", {.known = true}}}).empty());
}

TEST_CASE("of many ranks the twenty are named that have been in their items for longest") {
    std::vector<RankItem> ranks;
    for (int i = 0; i < 30; ++i) ranks.push_back({i, "a", in_item(3, static_cast<std::uint64_t>(i + 1) * 1'000)});
    const auto said = items_now(ranks);
    REQUIRE(said.size() == 21);
    CHECK(said.front() == "rank 29 on a has been in item 3 of \"sweep\" for 30 s");
    CHECK(said[19] == "rank 10 on a has been in item 3 of \"sweep\" for 11 s");
    CHECK(said.back() == "and 10 more, for less time");
}

TEST_CASE("an inquiry ends with the last answer, or after a second") {
    Inquiry inquiry;
    const Inquiry::time begin{100s};
    CHECK_FALSE(inquiry.next_time());
    CHECK_FALSE(inquiry.answered_all(begin));
    REQUIRE(inquiry.begin(2, begin, true));
    CHECK_FALSE(inquiry.begin(2, begin, true));  // it goes on
    inquiry.answered(1, in_item(7, 0));
    CHECK_FALSE(inquiry.answered_all(begin));
    inquiry.answered(0, {});
    CHECK(inquiry.answered_all(begin));
    CHECK_FALSE(inquiry.answered_all(begin));
    CHECK(inquiry.items().at(1).index == 7);
    REQUIRE(inquiry.begin(2, begin, true));
    inquiry.answered(1, {});
    CHECK(inquiry.next_time() == begin + 1s);
    CHECK(inquiry.answered_all(begin + 1s));
    CHECK(inquiry.items().size() == 1);
}

TEST_CASE("the time for the rest has the spread that was measured") {
    Pace steady;
    CHECK_FALSE(steady.left(10));
    steady.add(1, 1);
    CHECK_FALSE(steady.left(10));  // one item says nothing about the next
    for (int i = 1; i <= 400; ++i) steady.add(i * 0.5, static_cast<std::uint64_t>(i) * 5);
    CHECK(steady.rate() == Approx(10));
    const auto left = steady.left(1'000).value();
    CHECK(left.low == Approx(100 / (1 + 1 / std::sqrt(2'000.0))));
    CHECK(left.high == Approx(100 / (1 - 1 / std::sqrt(2'000.0))));
    CHECK(left_text(left) == "about 100 s left");

    Pace slower;  // the second half of the items takes four times as long
    for (int i = 0; i <= 100; ++i) slower.add(i, static_cast<std::uint64_t>(i) * 4);
    for (int i = 1; i <= 200; ++i) slower.add(100 + i, 400 + static_cast<std::uint64_t>(i));
    CHECK(slower.rate() == Approx(1).epsilon(0.02));
    const auto spread = slower.left(600).value();
    CHECK(spread.low < 300);
    CHECK(spread.high > 600);
}

TEST_CASE("a time with its spread, in words") {
    CHECK(left_text({.low = 49, .high = 51}) == "about 50 s left");
    CHECK(left_text({.low = 40, .high = 60}) == "40 to 60 s left");
    CHECK(left_text({.low = 80, .high = 240}) == "80 s to 4 min left");
    CHECK(left_text({.low = 0.1, .high = 0.4}) == "about 1 s left");
}

namespace {

CallState state_of(const link::Call& call) {
    CallState state;
    state.now(call);
    return state;
}

link::Call sweep(std::uint64_t milliseconds, std::uint64_t done) {
    return {.number = 1, .name = "sweep", .items = 1'000, .done = done, .milliseconds = milliseconds};
}

}  // namespace

TEST_CASE("a call is one line") {
    auto call = sweep(20'000, 400);
    CHECK(call_line(state_of(call)) == "sweep: 400 of 1000 items (40 %), after 20 s, 20 a second, about 30 s left");
    call.failed = 2;
    call.restored = 300;  // they took no time
    CHECK(call_line(state_of(call)) ==
          "sweep: 400 of 1000 items (40 %), 2 failed, after 20 s, 5.0 a second, about 121 s left");
    call.ended = true;
    CHECK(call_line(state_of(call)) == "sweep: 400 of 1000 items (40 %), 2 failed, after 20 s");
    CHECK(call_line(state_of({.number = 1, .done = 12, .milliseconds = 3'000})) == "12 items, after 3 s, 4.0 a second");
    CHECK(call_line(state_of(sweep(1'000, 999))).starts_with("sweep: 999 of 1000 items (99 %)"));
}

TEST_CASE("the line of a terminal has as many columns as there are") {
    const auto one = state_of(sweep(20'000, 400));
    CHECK(calls_line({}, 80).empty());
    CHECK(calls_line({&one}, 200) == "sweep [===========>                ] 40 %, 400 of 1000, 20/s, about 30 s left");
    CHECK(calls_line({&one}, 66) == "sweep [======>          ] 40 %, 400 of 1000, 20/s, about 30 s left");
    CHECK(calls_line({&one}, 30) == "sweep 40 %, 400 of 1000, 20/s,");
    auto other = sweep(20'000, 40);
    other.name = "s\033uche\u00e4\n";
    const auto two = state_of(other);
    CHECK(calls_line({&one, &two}, 200) == "sweep 40 %, about 30 s left | s?uche\u00e4? 4 %, 7 to 10 min left");
    CHECK(calls_line({&one, &two, &one}, 60) == "sweep 40 %, about 30 s left | 2 more");
    CHECK(cut_to("\u00e4\u00f6\u00fcx", 2) == "\u00e4\u00f6");
}

TEST_CASE("without a terminal there is a line at growing intervals, and a last one") {
    ProgressDisplay shown(true, false);
    std::vector<std::uint64_t> when;
    for (std::uint64_t time = 0; time <= 200'000; time += 500) {
        shown.told(0, sweep(time, time / 250));
        if (!shown.take_lines().empty()) when.push_back(time);
    }
    CHECK(when == std::vector<std::uint64_t>{1'000, 2'000, 5'000, 10'000, 30'000, 60'000, 120'000, 180'000});
    CHECK(shown.line(80).empty());
    auto last = sweep(200'500, 1'000);
    last.ended = true;
    shown.told(0, last);
    CHECK(shown.take_lines() == lines{"sweep: 1000 of 1000 items (100 %), after 3 min"});
    shown.told(0, last);
    CHECK(shown.take_lines().empty());
}

TEST_CASE("a terminal has one line while calls go on, and the last line of each stays") {
    ProgressDisplay shown(false, true);
    auto call = sweep(900, 40);
    call.wanted = true;
    shown.told(0, call);
    CHECK(shown.line(80).empty());  // it may be over at once
    call.milliseconds = 1'100;
    shown.told(0, call);
    CHECK(shown.line(80).starts_with("sweep ["));
    CHECK(shown.take_lines().empty());
    auto not_wanted = sweep(20'000, 10);
    not_wanted.number = 2;
    shown.told(0, not_wanted);
    CHECK(shown.line(80).starts_with("sweep ["));
    shown.ended(0);  // in the middle
    CHECK(shown.line(80).empty());
    CHECK(shown.take_lines() == lines{"sweep: 40 of 1000 items (4 %), after 1 s"});
}

TEST_CASE("a shim tells of a call while it goes on, and of its end once") {
    CallNews news(false);
    const CallNews::time begin{100s};
    auto call = sweep(300, 10);
    CHECK(news.take({call}, begin).empty());  // nobody wants it
    call.wanted = true;
    CHECK(news.take({call}, begin + 1s).size() == 1);
    CHECK(news.any());
    CHECK(news.take({call}, begin + 1s + 499ms).empty());
    CHECK(news.take({call}, begin + 1s + 500ms).size() == 1);
    call.ended = true;
    call.done = 1'000;
    const auto last = news.take({call}, begin + 2s);
    REQUIRE(last.size() == 1);
    CHECK(last[0].ended);
    CHECK(last[0].done == 1'000);
    CHECK(news.take({call}, begin + 3s).empty());
    CHECK_FALSE(news.any());
    call.number = 2;  // come and gone
    CHECK(news.take({call}, begin + 4s).empty());
    call.ended = false;
    CHECK(news.take({call}, begin + 5s).size() == 1);
    call.number = 3;  // it has the place of number 2, which has ended meanwhile
    const auto both = news.take({call}, begin + 6s);
    REQUIRE(both.size() == 2);
    CHECK(both[0].number == 3);
    CHECK(both[1].number == 2);
    CHECK(both[1].ended);
    CHECK(news.rest({call}).size() == 1);
}

TEST_CASE("a root leaves notes of its calls, as many as there are places for") {
    const Notes notes(true);
    detail::find_rank_notes();
    REQUIRE(detail::shown_by_launcher() == detail::RankNotes::Shown::all);
    CHECK(notes.calls().empty());
    {
        detail::CallNote note("sweep", true);
        REQUIRE(note);
        note.note({.items = 50, .done = 7, .failed = 2, .restored = 1, .seconds = 1.5});
        const auto calls = notes.calls();
        REQUIRE(calls.size() == 1);
        CHECK(calls[0].name == "sweep");
        CHECK(calls[0].wanted);
        CHECK_FALSE(calls[0].ended);
        CHECK(std::tuple(calls[0].items, calls[0].done, calls[0].failed, calls[0].restored, calls[0].milliseconds) ==
              std::tuple(50, 7, 2, 1, 1'500));
    }
    REQUIRE(notes.calls().size() == 1);
    CHECK(notes.calls()[0].ended);
    std::vector<detail::CallNote> many;
    for (std::size_t i = 0; i < detail::RankNotes::most_calls; ++i) many.emplace_back(std::string(100, 'x'), false);
    CHECK_FALSE(detail::CallNote("one too many", false));
    CHECK(notes.calls().size() == detail::RankNotes::most_calls);
    CHECK(notes.calls()[0].name == std::string(64, 'x'));
    many.pop_back();
    CHECK(detail::CallNote("it has the place", false));
}
