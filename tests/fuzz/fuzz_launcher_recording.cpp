// Recordings of jobs, which may be torn or damaged, and what is made of them.
#include <algorithm>
#include <fuzz/target.hpp>
#include <launcher/report/data/read_csv.hpp>
#include <launcher/report/data/read_recording.hpp>
#include <launcher/report/figures/words.hpp>
#include <launcher/report/page_data.hpp>
#include <launcher/report/trace.hpp>
#include <launcher/report/write_csv.hpp>
#include <nlohmann/json.hpp>
#include <sstream>

namespace hecaton::fuzz {
namespace {

using namespace launcher::report;

void make_all(const Recording& recording) {
    std::uint64_t items = 0;
    for (const auto& piece : recording.pieces) {
        require(piece.rank < recording.ranks.size() && piece.call < recording.calls.size());
        require(piece.duration >= 0 && piece.end() <= recording.length);
        items += piece.count;
    }
    const auto model = model_of(recording, 20);
    require(!short_text(recording, model).empty());
    require(nlohmann::json::accept(page_data(recording, model)));
    std::string trace;
    write_trace(recording, [&](std::string_view part) { trace += part; });
    require(nlohmann::json::accept(trace));
    if (items > 10'000) return;  // a line each
    std::string table;
    write_csv(recording, [&](std::string_view part) { table += part; });
    std::istringstream again(table.substr(table.find('\n') + 1));
    static_cast<void>(read_csv(again, "again"));
}

}  // namespace

void run(std::span<const std::byte> bytes) {
    std::istringstream from{std::string(text(bytes))};
    if (from.str().starts_with(csv_header)) {
        std::string head;
        std::getline(from, head);
        make_all(read_csv(from, "file"));
    } else {
        make_all(read_recording(from, "file"));
    }
}

std::vector<std::string> seeds() {
    const std::string head = std::string(recording_word) + " 1\nbegin {\"program\":\"/p\",\"ranks\":2}\n";
    const std::string call = "call {\"call\":1,\"kind\":\"map\",\"name\":\"\",\"items\":4,\"time\":5}\n";
    return {head + call +
                "rank {\"rank\":1,\"host\":\"b\",\"cores\":2,\"offset_ns\":-5,\"round_trip_ns\":7}\n"
                "ran 1 0 0 1 10 30000 1\nran 1 1 1 2 10 40000 1\nerror {\"call\":1,\"index\":2,\"rank\":1,"
                "\"type\":\"T\",\"text\":\"x\"}\nend_call {\"call\":1,\"time\":50000,\"items\":4,\"verdict\":\"v\"}\n"
                "end_rank {\"rank\":1,\"cpu\":0.5,\"peak_bytes\":12}\nend {\"time\":60000,\"status\":0}\n"
                "launcher {\"command\":[\"hecaton\"],\"losses\":[{\"rank\":1,\"why\":\"w\"}]}\n",
            head + call +
                "lost 1 1 3 900 1\nlost_rank {\"rank\":1,\"time\":950,\"why\":\"signal 9\"}\nran 1 0 3 1 1000 50 2\n",
            head +
                "collective 0 10 20 64 all_reduce\nregion 0 5 60 {\"name\":\"r\"}\nregion 0 7 8 {\"name\":\"s\"}\n"
                "dropped {\"count\":3}\nran 1 0 0 1 5",
            std::string(csv_header) + "\n0,map#1,0,a,0.5,1.25,1,done\n1,\"b \"\"c\"\"\",1,\"d,e\",1e-3,2,2,lost\n"};
}

}  // namespace hecaton::fuzz
