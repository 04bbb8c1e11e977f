// What the report is written as: a page, and a trace that fits its viewers.
#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <support/catch.hpp>

#include <launcher/report/data/read_recording.hpp>
#include <launcher/report/figures/segments.hpp>
#include <launcher/report/html.hpp>
#include <launcher/report/page_data.hpp>
#include <launcher/report/page_text.hpp>
#include <launcher/report/trace.hpp>

using namespace hecaton::launcher::report;
using nlohmann::json;

namespace {

Recording recording_of(int ranks, const std::string& lines) {
    std::istringstream from("hecaton-recording 1\nbegin {\"program\":\"/bin/<p>\",\"ranks\":" + std::to_string(ranks) +
                            "}\n" + lines);
    return read_recording(from, "file");
}

// Ranks with so many items each, of 90 us, which begin every 100 us.
Recording many(int ranks, int items) {
    auto made =
        recording_of(ranks, "call {\"call\":1,\"kind\":\"map\",\"name\":\"<b>&\\\"\",\"items\":1,\"time\":0}\n");
    for (int rank = 0; rank < ranks; ++rank) {
        made.ranks[static_cast<std::size_t>(rank)].host = "node" + std::to_string(rank / 16);
        for (int i = 0; i < items; ++i)
            made.pieces.push_back({.rank = static_cast<std::uint32_t>(rank),
                                   .first = static_cast<std::uint64_t>(i * ranks + rank),
                                   .start = 100'000 * i,
                                   .duration = 90'000,
                                   .failed = i % 50 == 7 ? 1U : 0U});
    }
    made.length = 100'000LL * items;
    made.calls[0].end = made.length;
    return made;
}

std::string trace_of(const Recording& recording, std::size_t most = 200'000) {
    std::string text;
    write_trace(
        recording, [&](std::string_view part) { text += part; }, most);
    return text;
}

// The events of a trace, which are one a line, and do not overlap on a thread.
std::vector<json> checked_events(const std::string& text) {
    const json whole = json::parse(text);
    std::vector<json> events = whole.at("traceEvents");
    CHECK(std::ranges::count(text, '\n') == static_cast<std::ptrdiff_t>(events.size()) + 2);
    std::map<std::pair<int, int>, std::vector<std::pair<double, double>>> spans;
    std::map<int, int> process_of;
    for (const auto& event : events) {
        if (event.contains("tid")) CHECK(process_of.emplace(event["tid"], event["pid"]).first->second == event["pid"]);
        if (event.at("ph") == "X")
            spans[{event.at("pid"), event.at("tid")}].emplace_back(event.at("ts"), event.at("dur"));
    }
    for (auto& [thread, list] : spans) {
        std::ranges::sort(list);
        for (std::size_t i = 1; i < list.size(); ++i)
            CHECK(list[i - 1].first + list[i - 1].second <= list[i].first + 1e-6);
    }
    return events;
}

std::uint64_t sum_of_items(const std::vector<json>& events) {
    std::uint64_t sum = 0;
    for (const auto& event : events)
        if (event.value("cat", "") == "items")
            sum += event["args"].contains("item") ? 1 : event["args"]["items"].get<std::uint64_t>();
    return sum;
}

}  // namespace

TEST_CASE("a trace has an event for each piece, on the thread of its rank") {
    const auto made = many(3, 10);
    const auto events = checked_events(trace_of(made));
    CHECK(sum_of_items(events) == 30);
    CHECK(std::ranges::count_if(events, [](const json& event) { return event["ph"] == "X"; }) == 30);
    const auto first = std::ranges::find_if(events, [](const json& event) { return event["ph"] == "X"; });
    REQUIRE(first != events.end());
    CHECK((*first)["name"] == "<b>&\"");
    CHECK((*first)["ts"] == 0.0);
    CHECK((*first)["dur"] == 90.0);
    CHECK((*first)["args"]["item"] == 0);
    const auto named = [&](const char* what, const char* name) {
        return std::ranges::count_if(events, [&](const json& event) {
            return event["name"] == what && event["args"].value("name", "") == name;
        });
    };
    CHECK(named("process_name", "node0") == 1);
    CHECK(named("thread_name", "rank 2") == 1);
}

TEST_CASE("a trace keeps to its budget, and loses no item") {
    const auto made = many(50, 1'000);
    for (const std::size_t most : {std::size_t{20'000}, std::size_t{3'000}, std::size_t{1'000}}) {
        const auto events = checked_events(trace_of(made, most));
        CHECK(events.size() <= most);
        CHECK(events.size() > most / 4);
        CHECK(sum_of_items(events) == 50'000);
    }
}

TEST_CASE("a trace with overlaps, regions inside of regions, collectives and losses") {
    const auto made = recording_of(
        2,
        "ran 1 0 0 1 1000000 5000000 1\nran 1 0 1 1 3000000 9000000 1\nran 1 0 2 1 5999000 1000000 1\n"
        "lost 1 1 3 7000000 1\nran 1 0 3 1 20000000 5 2\n"
        "region 0 0 30000000 {\"name\":\"all \\\"of\\\" it\"}\nregion 0 500000 700000 {\"name\":\"read\"}\n"
        "region 0 900000 8000000 {\"name\":\"odd\"}\ncollective 1 400000 100000 64 all_reduce\n");
    const auto events = checked_events(trace_of(made));
    CHECK(sum_of_items(events) == 5);
    CHECK(std::ranges::count_if(events, [](const json& event) { return event.value("cat", "") == "region"; }) == 3);
    CHECK(std::ranges::any_of(
        events, [](const json& event) { return event["args"].value("lost", false) && event["tid"] == 1; }));
    CHECK(std::ranges::any_of(events, [](const json& event) { return event["args"].value("attempt", 0) == 2; }));
    CHECK(std::ranges::any_of(events, [](const json& event) { return event["args"].value("bytes", 0) == 64; }));
    checked_events(trace_of(recording_of(0, "")));
}

TEST_CASE("segments keep what is long, and merge what is short") {
    auto made = many(1, 1'000);
    made.pieces[500].duration = 5'000'000;
    for (std::size_t i = 501; i < 1'000; ++i) made.pieces[i].start += 5'000'000;
    made.length += 5'000'000;
    const auto tracks = tracks_of(made, 40);
    REQUIRE(tracks.size() == 1);
    CHECK(tracks[0].segments.size() <= 40);
    std::uint64_t items = 0;
    std::uint64_t failed = 0;
    for (const auto& segment : tracks[0].segments) {
        items += segment.items;
        failed += segment.failed;
    }
    CHECK(items == 1'000);
    CHECK(failed == 20);
    const auto whole = [](const Segment& segment) { return segment.items == 1 && segment.first == 500; };
    REQUIRE(std::ranges::count_if(tracks[0].segments, whole) == 1);
    CHECK(std::ranges::find_if(tracks[0].segments, whole)->busy == 5'000'000);
}

TEST_CASE("the mean of a node's ranks is in its track") {
    auto made = recording_of(2, "ran 1 0 0 1 0 1000000 1\nran 1 1 1 1 0 500000 1\n");
    const auto tracks = tracks_of_nodes(made, {0, 0}, 2);
    REQUIRE(tracks.size() == 1);
    REQUIRE(tracks[0].segments.size() == 2);
    CHECK(tracks[0].segments[0].busy == Approx(500'000).margin(5));
    CHECK(tracks[0].segments[1].busy == Approx(250'000).margin(5));
}

TEST_CASE("the page asks for nothing outside of it, and texts are escaped") {
    auto made = many(2, 100);
    made.errors.push_back({.index = 7, .rank = 1, .type = "T", .text = "</script><script>alert(1)</script>{{data}}"});
    made.failed.push_back({0, 7});
    const auto page = html_page(made, model_of(made));
    CHECK(page.find("<title>&lt;p&gt;: what ran where</title>") != std::string::npos);
    CHECK(page.find("alert(1)</script>") == std::string::npos);
    CHECK(page.find("\\u003c/script>") != std::string::npos);
    for (const char* outside : {"http:", "https:", "src=", "href=", "@import", "url(", "fetch(", "XMLHttp"})
        CHECK(page.find(outside) == std::string::npos);
    CHECK(page.find("default-src 'none'") != std::string::npos);
    CHECK(page_html.find("{{data}}") != std::string_view::npos);
    CHECK(page.find(page_script) != std::string::npos);
    const auto begin = page.find("id=\"data\">") + 10;
    const json data = json::parse(page.substr(begin, page.find("</script>", begin) - begin));
    CHECK(data["errors"][0][4] == "</script><script>alert(1)</script>{{data}}");
    CHECK(data["calls"][0]["title"] == "<b>&\"");
    CHECK(html_escaped("<a href=\"x\">&") == "&lt;a href=&quot;x&quot;&gt;&amp;");
}

TEST_CASE("the data of the page stay small, whatever was recorded") {
    const auto made = many(500, 400);
    const auto model = model_of(made);
    for (const std::size_t most : {std::size_t{1'700'000}, std::size_t{400'000}}) {
        const auto text = page_data(made, model, most);
        CHECK(text.size() <= most);
        const json data = json::parse(text);
        std::uint64_t items = 0;
        for (const auto& track : data["tracks"]) {
            const auto& numbers = track[2];
            for (std::size_t i = 0; i < numbers.size();) {
                const auto code = numbers[i + 2].get<unsigned>();
                items += numbers[i + 4].get<std::uint64_t>();
                i += 5 + ((code & 4U) != 0 ? 4 : 0) + ((code & 8U) != 0 ? 1 : 0);
            }
        }
        CHECK(items == 200'000);
    }
    const auto nodes = json::parse(page_data(many(2'400, 3), model_of(many(2'400, 3))));
    CHECK(nodes["byNode"] == true);
    CHECK(nodes["tracks"].size() == 150);
    CHECK(nodes["ranks"].size() == 2'000);
    CHECK(nodes["furtherRanks"].size() == 50);
    CHECK(nodes["furtherRanks"][1] == 16);
}
