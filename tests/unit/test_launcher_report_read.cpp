// Recordings and their CSV, read: whole ones, torn ones, and what is none.
#include <sstream>
#include <string>
#include <support/catch.hpp>

#include <launcher/base/refusal.hpp>
#include <launcher/report/data/read_csv.hpp>
#include <launcher/report/data/read_recording.hpp>
#include <launcher/report/write_csv.hpp>

using namespace hecaton::launcher;
using namespace hecaton::launcher::report;

namespace {

const std::string head = "hecaton-recording 1\nbegin {\"program\":\"/bin/p\",\"arguments\":[\"a b\"],\"ranks\":2}\n";

Recording recording_of(const std::string& lines) {
    std::istringstream from(head + lines);
    return read_recording(from, "file");
}

Recording csv_of(const std::string& lines) {
    std::istringstream from(lines);
    return read_csv(from, "file");
}

std::string csv_text(const Recording& recording) {
    std::string text;
    write_csv(recording, [&](std::string_view part) { text += part; });
    return text;
}

}  // namespace

TEST_CASE("each kind of line is read") {
    const auto made = recording_of(
        "rank {\"rank\":1,\"host\":\"b\",\"node\":1,\"cores\":4,\"offset_ns\":-5,\"round_trip_ns\":7}\n"
        "call {\"call\":7,\"kind\":\"map\",\"name\":\"s\",\"items\":10,\"time\":100}\n"
        "ran 7 1 0 1 110 20 1\n"
        "ran 7 0 1 4 105 40 1\n"
        "error {\"call\":7,\"index\":0,\"rank\":1,\"host\":\"b\",\"type\":\"T\",\"text\":\"x\"}\n"
        "end_call {\"call\":7,\"time\":200,\"items\":5,\"failed\":1,\"chunks\":2,\"bytes_sent\":8,\"verdict\":\"v\"}\n"
        "collective 0 210 20 64 all_reduce\n"
        "region 1 10 20 {\"name\":\"read it\"}\n"
        "end_rank {\"rank\":1,\"cpu\":0.5,\"peak_bytes\":12,\"time\":250}\n"
        "dropped {\"count\":3}\n"
        "end {\"time\":260,\"status\":4}\n"
        "launcher "
        "{\"command\":[\"hecaton\"],\"mpi\":\"M\",\"hosts\":[\"a\"],\"status\":4,\"losses\":[{\"rank\":1}]}\n");
    CHECK(made.unreadable == 0);
    CHECK(made.arguments == std::vector<std::string>{"a b"});
    REQUIRE(made.ranks.size() == 2);
    CHECK(made.ranks[1].host == "b");
    CHECK(made.ranks[1].offset == -5);
    CHECK(made.ranks[1].cpu == 0.5);
    CHECK(made.ranks[0].cpu < 0);
    REQUIRE(made.calls.size() == 1);
    CHECK(made.calls[0].title() == "s");
    CHECK(made.calls[0].begin == 100);
    CHECK(made.calls[0].end == 200);
    CHECK(made.calls[0].ended);
    CHECK(made.calls[0].verdict == "v");
    REQUIRE(made.pieces.size() == 2);  // by rank
    CHECK(made.pieces[0].rank == 0);
    CHECK(made.pieces[0].count == 4);
    CHECK(made.pieces[0].failed == 0);
    CHECK(made.pieces[1].failed == 1);
    REQUIRE(made.stretches.size() == 2);
    CHECK(made.names[made.stretches[0].name] == "all_reduce");
    CHECK(made.stretches[0].bytes == 64);
    CHECK(made.names[made.stretches[1].name] == "read it");
    CHECK(made.dropped == 3);
    CHECK(made.end == 260);
    CHECK(made.status == 4);
    REQUIRE(made.launcher);
    CHECK(made.launcher->losses.size() == 1);
    CHECK(made.length == 260);
}

TEST_CASE("a torn last line is left out, even where it looks whole") {
    const auto made = recording_of(
        "call {\"call\":1,\"kind\":\"map\",\"name\":\"\",\"items\":2,\"time\":0}\nran 1 0 0 1 5 60 1\nran 1 0 1 1 70 "
        "6");
    REQUIRE(made.pieces.size() == 1);
    CHECK(made.unreadable == 0);
    CHECK_FALSE(made.end);
    CHECK_FALSE(made.calls[0].ended);
    CHECK(made.calls[0].end == 65);  // as far as it came
    CHECK(made.calls[0].title() == "map#1");
}

TEST_CASE("unknown kinds are skipped, and damaged lines are counted") {
    const auto made = recording_of(
        "weather {\"sun\":true}\n\nran 1 0 0 1 5\nran 1 0 0 1 5 -6 1\nran 1 0 0 0 5 6 1\nran 1 x 0 1 5 6 1\n"
        "ran 1 0 0 1 9223372036854775807 9223372036854775807 1\nrank {\"rank\":4294967295}\ncall [1]\nregion 0 1 2 "
        "name\n"
        "end {}\nran 1 0 0 1 5 6 1\n");
    CHECK(made.unreadable == 9);
    REQUIRE(made.pieces.size() == 1);
    CHECK(made.calls.at(0).title() == "call#1");  // the line that introduces it is not there
}

TEST_CASE("an item that was lost began when its rank had ended the one before") {
    const auto made = recording_of(
        "call {\"call\":1,\"kind\":\"map\",\"name\":\"\",\"items\":9,\"time\":10}\nran 1 1 0 1 20 30 1\n"
        "lost 1 1 1 90 1\nlost 1 1 2 90 1\nlost 1 0 5 90 1\n"
        "lost_rank {\"rank\":1,\"host\":\"b\",\"time\":90,\"why\":\"signal 9\"}\nran 1 0 1 1 100 10 2\n");
    REQUIRE(made.pieces.size() == 4);
    const auto& other = made.pieces[0];  // rank 0 had none before: the call began then
    CHECK(other.lost);
    CHECK(other.start == 10);
    CHECK(other.end() == 90);
    const auto& lost = made.pieces[3];
    CHECK(lost.lost);
    CHECK(lost.first == 1);
    CHECK(lost.count == 2);
    CHECK(lost.start == 50);
    CHECK(lost.end() == 90);
    CHECK(made.pieces[1].attempt == 2);
    CHECK(made.ranks[1].lost_at == 90);
    CHECK(made.ranks[1].lost_why == "signal 9");
}

TEST_CASE("of too many pieces short neighbours are made one, and no time is lost") {
    std::string lines = head + "call {\"call\":1,\"kind\":\"map\",\"name\":\"\",\"items\":9,\"time\":0}\n";
    for (int i = 0; i < 1'000; ++i)
        lines += "ran 1 " + std::to_string(i / 10 % 2) + " " + std::to_string(i) + " 1 " + std::to_string(i * 30'000) +
                 " 25000 1\n";
    std::istringstream from(lines);
    const auto made = read_recording(from, "file", 300);
    CHECK(made.pieces.size() <= 300);
    CHECK(made.unreadable == 0);
    std::uint64_t items = 0;
    Nanoseconds computing = 0;
    for (std::size_t i = 0; i < made.pieces.size(); ++i) {
        items += made.pieces[i].count;
        computing += made.pieces[i].duration;
        if (i > 0 && made.pieces[i].rank == made.pieces[i - 1].rank)
            CHECK(made.pieces[i].start >= made.pieces[i - 1].end());
    }
    CHECK(items == 1'000);
    CHECK(computing == 1'000 * 25'000);
    std::istringstream odd(lines);  // no neighbours: the ranks take turns after each ten items
    CHECK_THROWS_WITH(read_recording(odd, "file", 50), ContainsSubstring("file: it has more than 50 pieces"));
}

TEST_CASE("what is no recording is refused in one line") {
    for (const char* text : {"", "garbage\n",
                             "\x7f"
                             "ELF",
                             "hecaton\n"}) {
        std::istringstream from(text);
        CHECK_THROWS_WITH(read_recording(from, "f.x"), ContainsSubstring("f.x: that is no recording of hecaton"));
    }
    std::istringstream newer("hecaton-recording 2\n");
    CHECK_THROWS_WITH(read_recording(newer, "f"), ContainsSubstring("a newer hecaton"));
}

TEST_CASE("a text that is no UTF-8 costs its letters only") {
    const auto made = recording_of("error {\"call\":1,\"index\":0,\"rank\":0,\"type\":\"T\",\"text\":\"a\xff z\"}\n");
    REQUIRE(made.errors.size() == 1);
    CHECK(made.errors[0].text == "a? z");
}

TEST_CASE("CSV has a line an item, and is read back") {
    const auto made = recording_of(
        "rank {\"rank\":0,\"host\":\"a\"}\nrank {\"rank\":1,\"host\":\"b\"}\n"
        "call {\"call\":1,\"kind\":\"map\",\"name\":\"\",\"items\":4,\"time\":0}\n"
        "call {\"call\":2,\"kind\":\"map\",\"name\":\"odd \\\"one\\\", two\",\"items\":2,\"time\":0}\n"
        "ran 1 0 1 3 1000000000 3000000000 1\nran 1 1 0 1 1 5 2\nlost 1 1 0 900 1\nlost 2 1 1 950 1\n"
        "ran 2 0 0 1 5000000000 7 1\nerror {\"call\":1,\"index\":2,\"rank\":0,\"type\":\"T\",\"text\":\"x\"}\n");
    const std::string expected =
        "index,call,rank,host,start,duration,attempts,state\n"
        "0,map#1,1,b,0.000000001,0.000000005,2,done\n"
        "1,map#1,0,a,1.000000000,1.000000000,1,done\n"
        "2,map#1,0,a,2.000000000,1.000000000,1,failed\n"
        "3,map#1,0,a,3.000000000,1.000000000,1,done\n"
        "0,\"odd \"\"one\"\", two\",0,a,5.000000000,0.000000007,1,done\n"
        "1,\"odd \"\"one\"\", two\",1,b,0.000000900,0.000000050,1,lost\n";
    CHECK(csv_text(made) == expected);
    const auto again = csv_of(expected.substr(expected.find('\n') + 1));
    CHECK(csv_text(again) == expected);
    CHECK(again.calls.at(0).kind == "map");
    CHECK(again.calls.at(1).name == "odd \"one\", two");
    CHECK(again.ranks.at(1).host == "b");
    CHECK_FALSE(again.call_times);
}

TEST_CASE("a CSV with a bad line is refused, and the line is named") {
    const std::string good = "0,s,0,a,0.5,1.5,1,done\r\n";
    CHECK(csv_of(good + "1,\"two\nlines\",0,a,1e-3,2,1,failed\n").calls.size() == 2);
    for (const char* bad : {"x", "1,s,0,a,0,1,1", "1,s,0,a,0,-1,1,done", "1,s,0,a,0,1,1,well", "-1,s,0,a,0,1,1,done",
                            "1,s,99999999999,a,0,1,1,done", "1,s,0,a,nan,1,1,done", "1,s,0,a,0,1,1,done,more"})
        CHECK_THROWS_WITH(csv_of(good + bad + "\n"), ContainsSubstring("file, line 3: that is no line of a report"));
}
