// What a process keeps for the recording, and how it becomes lines of a file.
#include <fcntl.h>

#include <unistd.h>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <hecaton/recording/lines.hpp>
#include <hecaton/recording/pieces.hpp>
#include <hecaton/recording/recorder.hpp>
#include <hecaton/recording/stretches.hpp>
#include <iterator>
#include <string>
#include <support/catch.hpp>
#include <thread>
#include <vector>

using namespace hecaton::detail;
using namespace hecaton::detail::recording;

namespace {

constexpr std::int64_t us = 1'000;

std::vector<std::string> texts(const PieceList& list) {
    std::vector<std::string> all;
    for (const Piece& piece : list.pieces()) {
        std::string line;
        append_ran(line, piece.job, 0, piece);
        all.push_back(line.substr(0, line.size() - 1));
    }
    return all;
}

// A file of its own, which is removed in the end.
class File {
  public:
    File() { ::close(::mkstemp(name_.data())); }
    ~File() { ::unlink(name_.c_str()); }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    const std::string& name() const { return name_; }
    Descriptor open() const { return Descriptor(::open(name_.c_str(), O_WRONLY | O_APPEND)); }
    std::string content() const {
        std::ifstream file(name_, std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }

  private:
    std::string name_ = "/tmp/hecaton-recording-XXXXXX";
};

std::string json(std::string_view text) {
    std::string to;
    append_json(to, text);
    return to;
}

}  // namespace

TEST_CASE("long items have pieces of their own, and cheap ones share them") {
    PieceList list;
    list.add({.job = 1, .first = 0, .count = 1, .start = 0, .duration = 20 * us});
    list.add({.job = 1, .first = 1, .count = 1, .start = 20 * us, .duration = 20 * us});
    list.add({.job = 1, .first = 2, .count = 1, .start = 40 * us, .duration = 1 * us});
    list.add({.job = 1, .first = 3, .count = 8, .start = 41 * us, .duration = 10 * us});
    list.add({.job = 1, .first = 11, .count = 1, .start = 51 * us, .duration = 30 * us});
    CHECK(texts(list) == std::vector<std::string>{"ran 1 0 0 1 0 20000 1", "ran 1 0 1 1 20000 20000 1",
                                                  "ran 1 0 2 9 40000 11000 1", "ran 1 0 11 1 51000 30000 1"});
}

TEST_CASE("a piece is of one call, of one run of it, of items that follow each other, and not too long") {
    PieceList list;
    const Piece piece{.job = 1, .first = 0, .count = 10, .start = 0, .duration = 5 * us};
    list.add(piece);
    Piece next = piece;
    next.start = 5 * us;
    SECTION("another call") {
        next.job = 2;
        next.first = 10;
    }
    SECTION("another place") { next.first = 11; }
    SECTION("another attempt") {
        next.first = 10;
        next.attempt = 2;
    }
    SECTION("later") {
        next.first = 10;
        next.start = 5 * us + PieceList::long_item + 1;
    }
    list.add(next);
    CHECK(list.pieces().size() == 2);
}

TEST_CASE("shared pieces end after a millisecond, and their duration leaves out what lies between") {
    PieceList list;
    for (std::uint64_t i = 0; i < 1'000; ++i) {
        const auto at = static_cast<std::int64_t>(i);
        list.add({.job = 1, .first = i, .count = 1, .start = at * 10 * us, .duration = 2 * us});
    }
    REQUIRE(list.pieces().size() == 10);
    std::uint64_t items = 0;
    for (const Piece& each : list.pieces()) {
        CHECK(each.first == items);
        CHECK(each.duration == static_cast<std::int64_t>(each.count) * 2 * us);
        CHECK(each.count <= 101);
        items += each.count;
    }
    CHECK(items == 1'000);
}

TEST_CASE("a full list joins neighbours, and drops what has none") {
    PieceList list(4);
    for (std::uint64_t i = 0; i < 8; ++i)
        list.add(
            {.job = 1, .first = i, .count = 1, .start = static_cast<std::int64_t>(i) * 30 * us, .duration = 30 * us});
    CHECK(list.pieces().size() <= 4);
    CHECK(list.take_dropped() == 0);
    std::uint64_t items = 0;
    for (const Piece& each : list.pieces()) {
        CHECK(each.first == items);
        items += each.count;
    }
    CHECK(items == 8);

    PieceList apart(4);
    for (std::uint64_t i = 0; i < 6; ++i) apart.add({.job = i, .first = 0, .count = 1, .start = 0, .duration = us});
    CHECK(apart.pieces().size() == 4);
    CHECK(apart.take_dropped() == 2);
    CHECK(apart.take_dropped() == 0);
}

TEST_CASE("a list goes on where another one ends") {
    PieceList list;
    PieceList more;
    list.add({.job = 1, .first = 0, .count = 5, .start = 0, .duration = 5 * us});
    more.add({.job = 1, .first = 5, .count = 5, .start = 6 * us, .duration = 5 * us});
    list.add(more);
    CHECK(more.empty());
    CHECK(texts(list) == std::vector<std::string>{"ran 1 0 0 10 0 10000 1"});
}

TEST_CASE("of too many stretches the shorter half is dropped") {
    StretchList list(10);
    for (std::int64_t i = 0; i < 11; ++i) {
        Stretch stretch{.start = i, .duration = i % 2 == 0 ? 5 : 100 + i};
        stretch.set_name("x");
        list.add(stretch);
    }
    CHECK(list.take_dropped() == 5);
    const std::vector<Stretch> kept = list.take();
    REQUIRE(kept.size() == 6);
    for (std::size_t i = 0; i < 5; ++i) CHECK(kept[i].duration == 100 + static_cast<std::int64_t>(2 * i + 1));
    CHECK(kept[5].start == 10);
    CHECK(list.empty());
    for (int i = 0; i < 25; ++i) list.add({.start = i, .duration = 7});  // all alike
    CHECK(list.take_dropped() + list.take().size() == 25);
}

TEST_CASE("a name that is too long is cut between characters") {
    Stretch stretch;
    stretch.set_name(std::string(67, 'a') + "\xc3\xa4");
    CHECK(stretch.name() == std::string(67, 'a'));
    stretch.set_name(std::string(66, 'a') + "\xc3\xa4");
    CHECK(stretch.name() == std::string(66, 'a') + "\xc3\xa4");
    stretch.set_name("");
    CHECK(stretch.name().empty());
}

TEST_CASE("texts become JSON, whatever they are") {
    CHECK(json("") == R"("")");
    CHECK(json("a \"b\" \\ c\n\t\x01\x7f") == R"("a \"b\" \\ c\u000a\u0009\u0001\u007f")");
    CHECK(json("\xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80") == "\"\xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80\"");
    CHECK(json("\xff") == R"("\ufffd")");
    CHECK(json("\xc3") == R"("\ufffd")");
    CHECK(json("\xc3(") == R"("\ufffd(")");
    CHECK(json("\xed\xa0\x80") == R"("\ufffd\ufffd\ufffd")");  // a surrogate
    CHECK(json("\xc0\x80") == R"("\ufffd\ufffd")");            // overlong
    CHECK(json("\xf4\x90\x80\x80") == R"("\ufffd\ufffd\ufffd\ufffd")");
    CHECK(json(std::string_view("\0", 1)) == R"("\u0000")");
}

TEST_CASE("each line is as it is described") {
    std::string to;
    append_begin(
        to,
        {.version = "1.2", .program = "/a b", .arguments = {"x", "y\n"}, .unix_time = 1.5, .origin = 7, .ranks = 2});
    append_rank(to, {.rank = 1, .host = "h", .node = 0, .cores = 4, .pid = 9, .offset = -3, .round_trip = 8});
    append_call(to, {.call = 1, .kind = "map", .name = "n", .items = 5, .time = 6});
    append_lost(to, 1, 2, 3, 4, 5);
    append_error(to, {.call = 1, .index = 2, .rank = 3, .host = "h", .type = "std::out_of_range", .text = "t"});
    Stretch stretch{.start = 1, .duration = 2, .bytes = 3, .kind = Stretch::Kind::collective};
    stretch.set_name("scatter");
    append_stretch(to, 4, stretch);
    stretch.kind = Stretch::Kind::region;
    append_stretch(to, 4, stretch);
    append_lost_rank(to, 1, "h", 2, "w");
    append_end_rank(to, 1, {.cpu = 1.5, .peak_bytes = 2, .time = 3});
    append_dropped(to, 1, 2);
    append_end(to, 9, 0);
    CHECK(to ==
          R"(hecaton-recording 1
begin {"version":"1.2","program":"/a b","arguments":["x","y\u000a"],"unix_time":1.5,"origin":7,"ranks":2}
rank {"rank":1,"host":"h","node":0,"cores":4,"pid":9,"offset_ns":-3,"round_trip_ns":8}
call {"call":1,"kind":"map","name":"n","items":5,"time":6}
lost 1 2 3 4 5
error {"call":1,"index":2,"rank":3,"host":"h","type":"std::out_of_range","text":"t"}
collective 4 1 2 3 scatter
region 4 1 2 {"name":"scatter"}
lost_rank {"rank":1,"host":"h","time":2,"why":"w"}
end_rank {"rank":1,"cpu":1.5,"peak_bytes":2,"time":3}
dropped {"rank":1,"count":2}
end {"time":9,"status":0}
)");
    to.clear();
    append_end_call(to, 3, {.time = 1, .items = 2, .wall = 1.0 / 0.0, .cut = true, .verdict = "v"});
    CHECK(to ==
          R"(end_call {"call":3,"time":1,"items":2,"failed":0,"chunks":0,"workers":0,"wall":0,"serial":0,"longest":0,)"
          R"("bytes_sent":0,"bytes_received":0,"restored":0,"waited":0,"by_caller":0,"cut":true,"verdict":"v"})"
          "\n");
}

TEST_CASE("lines are in the file within about a second, or soon after the end of a call") {
    const File file;
    Recorder recorder(file.open(), file.name(), nullptr, nullptr);
    recorder.add("one\n");
    SECTION("by themselves") {}
    SECTION("soon") { recorder.flush_soon(); }
    while (file.content() != "one\n") std::this_thread::sleep_for(std::chrono::milliseconds(5));  // ctest has a limit
    recorder.add("two\n");
    CHECK(recorder.finish());
    CHECK(file.content() == "one\ntwo\n");
}

TEST_CASE("many lines of several threads are all there, each of them whole") {
    const File file;
    std::atomic<int> asked{0};
    {
        Recorder recorder(
            file.open(), file.name(),
            [&](std::string& to) {
                ++asked;
                to += "asked\n";
            },
            nullptr);
        std::vector<std::thread> threads;
        for (int t = 0; t < 4; ++t)
            threads.emplace_back([&recorder, t] {
                for (int i = 0; i < 20'000; ++i) recorder.add(std::string(20, static_cast<char>('a' + t)) + "\n");
            });
        for (std::thread& each : threads) each.join();
    }
    std::ifstream lines(file.name());
    std::vector<int> count(4);
    int of_asked = 0;
    for (std::string line; std::getline(lines, line);) {
        if (line == "asked") {
            ++of_asked;
            continue;
        }
        REQUIRE(line == std::string(20, line.front()));
        ++count.at(static_cast<std::size_t>(line.front() - 'a'));
    }
    CHECK(count == std::vector<int>(4, 20'000));
    CHECK(of_asked == asked);
    CHECK(asked > 0);
}

TEST_CASE("a file that takes no more is said once, and the rest is left out") {
    std::atomic<int> failed{0};
    Recorder recorder(Descriptor(::open("/dev/full", O_WRONLY)), "/dev/full", nullptr, [&] { ++failed; });
    recorder.add("one\n");
    recorder.flush_soon();
    while (failed == 0) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    recorder.add(std::string(200'000, 'x'));
    CHECK_FALSE(recorder.finish());
    CHECK(failed == 1);
}

TEST_CASE("a recording has a size that it does not grow beyond") {
    const File file;
    std::atomic<int> failed{0};
    Recorder recorder(
        file.open(), file.name(), nullptr, [&] { ++failed; }, 1'000);
    recorder.add(std::string(990, 'x') + "\n");
    recorder.flush_soon();
    while (file.content().empty()) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    recorder.add("ten bytes\n");
    CHECK_FALSE(recorder.finish());
    CHECK(failed == 1);
    CHECK(file.content().size() == 991);
}

TEST_CASE("without a file lines wait in memory, which is bounded") {
    Recorder recorder;
    recorder.add("one\n");
    recorder.add("two\n");
    CHECK(recorder.take() == "one\ntwo\n");
    CHECK(recorder.take().empty());
    const std::string large(1U << 20U, 'x');
    for (int i = 0; i < 100; ++i) recorder.add(large);
    CHECK(recorder.dropped() > 0);
    CHECK(recorder.take().size() <= 64U << 20U);
    CHECK(recorder.finish());
}
