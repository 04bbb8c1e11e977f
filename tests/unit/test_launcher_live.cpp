// What ranks run and since when, as the launcher learns it and says it.
#include <chrono>
#include <string>
#include <support/catch.hpp>
#include <vector>

#include <launcher/live/inquiry.hpp>
#include <launcher/live/items.hpp>

using namespace hecaton;
using namespace launcher;
using namespace std::chrono_literals;
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
                                    "rank 0, 4-5 runs no item", "rank 6 does not say what it runs"});
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
    REQUIRE(inquiry.begin(2, begin));
    CHECK_FALSE(inquiry.begin(2, begin));  // it goes on
    inquiry.answered(1, in_item(7, 0));
    CHECK_FALSE(inquiry.answered_all(begin));
    inquiry.answered(0, {});
    CHECK(inquiry.answered_all(begin));
    CHECK_FALSE(inquiry.answered_all(begin));
    CHECK(inquiry.items().at(1).index == 7);
    REQUIRE(inquiry.begin(2, begin));
    inquiry.answered(1, {});
    CHECK(inquiry.next_time() == begin + 1s);
    CHECK(inquiry.answered_all(begin + 1s));
    CHECK(inquiry.items().size() == 1);
}
