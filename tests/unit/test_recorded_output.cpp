// How a worker's notes for the recording travel with its results.
#include <cstring>
#include <hecaton/foundation/compute_clock.hpp>
#include <hecaton/pool/traffic/chunk_reports.hpp>
#include <hecaton/pool/worker/output.hpp>
#include <hecaton/recording/process.hpp>
#include <hecaton/recording/region.hpp>
#include <hecaton/recording/switch.hpp>
#include <support/catch.hpp>
#include <utility>
#include <vector>

using namespace hecaton::detail;

namespace {

// There is one recording in a process.
void begin_recording() {
    if (!recording::has_begun()) recording::begin({.rank = 3, .shift = -steady_ns(), .recorder = nullptr});
    recording::is_on.store(true);
    recording::take_noted();
}

recording::PieceList long_pieces(std::uint64_t first, std::uint64_t count) {
    recording::PieceList pieces;
    for (std::uint64_t i = first; i < first + count; ++i)
        pieces.add(
            {.job = 5, .first = i, .count = 1, .start = static_cast<std::int64_t>(i) * 30'000, .duration = 30'000});
    return pieces;
}

wire::ChunkDone results_of(std::uint64_t first, std::uint64_t done, std::uint64_t value_bytes = 0) {
    return {.id = 17, .job = 5, .first = first, .done = done, .value_bytes = value_bytes};
}

struct Received {
    wire::Recorded record;
    std::vector<recording::Piece> pieces;
    std::vector<recording::Stretch> stretches;
};

template <class Event>
std::vector<Event> events(wire::RecordReader& records, std::uint64_t count) {
    const auto bytes = records.bytes(count * sizeof(Event));
    std::vector<Event> all(count);
    if (count != 0) std::memcpy(all.data(), bytes.data(), bytes.size());
    return all;
}

Received recorded(wire::RecordReader& records) {
    Received all;
    REQUIRE(records.kind() == wire::Kind::recorded);
    all.record = records.record<wire::Recorded>();
    all.pieces = events<recording::Piece>(records, all.record.pieces);
    all.stretches = events<recording::Stretch>(records, all.record.stretches);
    return all;
}

}  // namespace

TEST_CASE("pieces come in front of their results, which still share a record") {
    begin_recording();
    WorkerOutput output;
    for (std::uint64_t first = 0; first < 6; first += 2) {
        recording::PieceList pieces = long_pieces(first, 2);
        output.add_pieces(pieces);
        CHECK(pieces.empty());
        output.add_results(results_of(first, 2), {}, {}, std::span<const std::byte>());
    }
    { const hecaton::region region("read"); }
    CHECK(output.release());
    Message message;
    REQUIRE(output.collect(message));
    wire::RecordReader records(message.head.bytes());
    const Received got = recorded(records);
    REQUIRE(got.pieces.size() == 6);
    for (std::uint64_t i = 0; i < 6; ++i) CHECK(got.pieces[i].first == i);
    REQUIRE(got.stretches.size() == 1);
    CHECK(got.stretches[0].name() == "read");
    CHECK(got.record.with_usage == 0);
    const auto done = records.record<wire::ChunkDone>();
    CHECK(done.first == 0);
    CHECK(done.done == 6);
    CHECK(records.at_end());
    CHECK_FALSE(output.release());
    CHECK_FALSE(output.collect(message));

    wire::RecordReader passed(message.head.bytes());
    wire::pass_over(passed);
    CHECK(passed.kind() == wire::Kind::chunk_done);
}

TEST_CASE("the record of a bulk is found behind what is recorded") {
    begin_recording();
    WorkerOutput output;
    recording::PieceList pieces = long_pieces(0, 3);
    output.add_pieces(pieces);
    wire::ChunkDone results = results_of(0, 3, 24);
    results.bulk = 1;
    Buffer values(24);
    output.add_results(results, {}, {}, std::move(values));
    Message message;
    REQUIRE(output.collect(message));
    CHECK(message.bulk.size == 24);
    const auto found = bulk_record(message.head.bytes());
    REQUIRE(found.has_value());
    CHECK(found->done == 3);
}

TEST_CASE("many pieces make a message of their own accord") {
    begin_recording();
    WorkerOutput output;
    recording::PieceList pieces = long_pieces(0, 200);
    output.add_pieces(pieces);
    Message message;
    REQUIRE(output.collect(message));
    wire::RecordReader records(message.head.bytes());
    CHECK(recorded(records).pieces.size() == 200);
    CHECK(records.at_end());
}

TEST_CASE("the last message says what the process has used") {
    begin_recording();
    WorkerOutput output;
    output.add_usage();
    output.add(wire::Bye{});
    output.release();
    Message message;
    REQUIRE(output.collect(message));
    wire::RecordReader records(message.head.bytes());
    const Received got = recorded(records);
    CHECK(got.record.with_usage == 1);
    CHECK(got.record.usage.peak_bytes > 1'000'000);
    CHECK(got.record.usage.time > 0);
    CHECK(records.kind() == wire::Kind::bye);
}

TEST_CASE("when the recording has stopped, what is left of it keeps nobody waiting") {
    begin_recording();
    WorkerOutput output;
    recording::PieceList pieces = long_pieces(0, 3);
    output.add_pieces(pieces);
    recording::is_on.store(false);
    output.release();
    Message message;
    CHECK_FALSE(output.collect(message));
    CHECK_FALSE(output.release());
}

TEST_CASE("a region that nobody records, and one during which recording stops, are not noted") {
    begin_recording();
    recording::is_on.store(false);
    { const hecaton::region region("off"); }
    recording::is_on.store(true);
    {
        const hecaton::region region("stopped");
        recording::is_on.store(false);
    }
    recording::is_on.store(true);
    {
        const hecaton::region outer("outer");
        const hecaton::region inner("inner");
    }
    const recording::Noted noted = recording::take_noted();
    REQUIRE(noted.stretches.size() == 2);
    CHECK(noted.stretches[0].name() == "inner");
    CHECK(noted.stretches[1].start <= noted.stretches[0].start);
    CHECK(noted.stretches[1].start + noted.stretches[1].duration >=
          noted.stretches[0].start + noted.stretches[0].duration);
}
