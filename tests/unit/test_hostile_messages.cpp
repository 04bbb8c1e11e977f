// Messages between the ranks of a pool that are too short, or that say what cannot be.
#include <array>
#include <hecaton/foundation/error.hpp>
#include <hecaton/pool/calls/arguments.hpp>
#include <hecaton/pool/calls/collectors.hpp>
#include <hecaton/pool/calls/fold_job.hpp>
#include <hecaton/pool/calls/map_job.hpp>
#include <hecaton/pool/traffic/job_traffic.hpp>
#include <hecaton/pool/worker/worker.hpp>
#include <memory>
#include <span>
#include <support/catch.hpp>
#include <vector>

using namespace hecaton;
using namespace hecaton::detail;

namespace {

constexpr auto twice = [](int x) { return 2 * x; };

struct Sent final : Endpoint {
    void send(int, Message message) override { messages.push_back(std::move(message)); }
    bool poll(int&, Message&, Landing&) override { return false; }
    bool drained() override { return true; }
    std::chrono::nanoseconds longest_sleep() override { return {}; }
    std::vector<Message> messages;
};

// A root that has sent the only chunk of map(twice, {1, 2, 3, 4}) to its one worker.
class Root {
  public:
    Root() {
        auto arguments = zip<Lifetime::detached>(std::vector{1, 2, 3, 4});
        job_ = std::make_shared<MapJob<decltype(twice), decltype(arguments), CollectVector<int>>>(
            twice, std::move(arguments), CollectVector<int>(4), MapOptions{.chunk_size = 4});
        traffic_.jobs().expect(*job_);
        traffic_.begin(job_, false, 0);
        traffic_.carry_out(0);
        wire::RecordReader records(sent_.messages.at(0).head.bytes());
        const auto open = records.record<wire::OpenJob>();
        records.bytes(open.name_bytes);
        records.bytes(open.bytes);
        chunk_ = records.record<wire::RunChunk>().chunk;
        REQUIRE(chunk_.count == 4);
    }

    /// What a worker says that has done all of it; `values` are its results.
    wire::ChunkDone all_done() const {
        return {.id = chunk_.id, .job = chunk_.job, .first = 0, .done = 4, .value_bytes = sizeof(int) * 4};
    }
    void hear(const wire::ChunkDone& said, std::span<const int> values) {
        Message message;
        wire::append_record(message.head, said);
        wire::append(message.head, std::vector<std::byte>(said.time_bytes));
        wire::append(message.head, std::as_bytes(values));
        wire::RecordReader records(message.head.bytes());
        const auto record = records.record<wire::ChunkDone>();
        traffic_.take(0, record, records, message, 1);
        traffic_.carry_out(1);
    }
    std::byte* place_for(const wire::ChunkDone& said, std::size_t size) {
        Buffer head;
        wire::append_record(head, said);
        return traffic_.place_for(head.bytes(), size);
    }
    bool complete() const { return job_->ready(); }
    void throw_error() const { job_->throw_error(); }

  private:
    Sent sent_;
    WorkerLines lines_{&sent_, nullptr, {1}, {}};
    JobTraffic traffic_{lines_, 0, 0};
    std::shared_ptr<Job> job_;
    scheduling::Chunk chunk_;
};

constexpr std::array results{2, 4, 6, 8};

}  // namespace

TEST_CASE("a head that ends in the middle of a record is not read behind its end") {
    Buffer head;
    wire::append_record(head, wire::ChunkDone{});
    for (std::size_t size = 1; size < sizeof(wire::ChunkDone); ++size) {
        CAPTURE(size);
        wire::RecordReader records(head.bytes().first(size));
        if (size < sizeof(wire::Kind)) CHECK_THROWS_AS(records.kind(), DecodeError);
        CHECK_THROWS_AS(records.record<wire::ChunkDone>(), DecodeError);
    }
    wire::RecordReader records(head.bytes().first(5));
    CHECK(records.bytes(5).size() == 5);  // and on to a multiple of the alignment, which is behind the end
    CHECK_THROWS_AS(records.bytes(1), DecodeError);
    CHECK_THROWS_AS(records.kind(), DecodeError);
}

TEST_CASE("a worker runs no chunk whose items are fewer or more than is said") {
    Buffer closure;
    Writer writer(closure);
    encode_callable(writer, twice);
    Reader reader(closure.bytes());
    ItemRunner<std::remove_const_t<decltype(twice)>, int> runner(reader);
    const std::array items{1, 2, 3, 4};
    const std::atomic<bool> stop = false;
    for (const std::uint64_t count : {0U, 3U, 4U, 5U}) {
        CAPTURE(count);
        ChunkOutput output;
        TimedPace pace(stop);
        const ChunkInput input{.items = std::as_bytes(std::span(items)), .count = count};
        if (count == 4) {
            CHECK_NOTHROW(runner.run(input, output, pace));
            CHECK(output.done == 4);
        } else {
            CHECK_THROWS_AS(runner.run(input, output, pace), DecodeError);
        }
    }
}

TEST_CASE("a worker does not take a chunk with more items than bytes") {
    const std::array items{1, 2, 3, 4};
    for (const std::uint64_t count : {std::uint64_t{17}, UINT64_MAX}) {
        Worker worker({.rank = 1, .size = 2}, {});
        wire::RunChunk record{};
        record.bytes = sizeof items;
        record.chunk.count = count;
        Message message;
        wire::append_record(message.head, record);
        wire::append(message.head, std::as_bytes(std::span(items)));
        worker.deliver(std::move(message));
        CHECK(worker.failed());
    }
}

TEST_CASE("a fold whose blocks have no item is refused") {
    const auto plus = [](int a, int b) { return a + b; };
    Buffer closure;
    Writer writer(closure);
    encode_callable(writer, twice);
    encode_callable(writer, plus);
    writer.size(0);
    Reader reader(closure.bytes());
    using Fold = FoldRunner<std::remove_const_t<decltype(twice)>, std::remove_const_t<decltype(plus)>, int, int>;
    CHECK_THROWS_AS(Fold(reader), DecodeError);
}

TEST_CASE("the root takes what a worker says of the items that it holds") {
    Root root;
    wire::ChunkDone part = root.all_done();
    part.done = 3;
    part.value_bytes = 3 * sizeof(int);
    root.hear(part, std::span(results).first(3));
    CHECK_FALSE(root.complete());
    part.first = 3;
    part.done = 1;
    part.value_bytes = sizeof(int);
    root.hear(part, std::span(results).last(1));
    CHECK(root.complete());
}

TEST_CASE("the root takes back items behind those that a worker goes on with") {
    Root root;
    wire::ChunkDone back = root.all_done();
    back.first = 2;
    back.done = 0;
    back.back = 2;
    back.value_bytes = 0;
    CHECK_NOTHROW(root.hear(back, {}));
}

TEST_CASE("the root does not take what a worker says of other items, and of more") {
    const auto refused = [](auto change) {
        Root root;
        wire::ChunkDone said = root.all_done();
        change(said);
        CHECK_THROWS_AS(root.hear(said, results), DecodeError);
    };
    refused([](wire::ChunkDone& said) { said.first = 1; });
    refused([](wire::ChunkDone& said) { said.done = 5; });
    refused([](wire::ChunkDone& said) { said.back = 1; });
    refused([](wire::ChunkDone& said) { ++said.job; });
    refused([](wire::ChunkDone& said) { said.time_bytes = sizeof(ItemTime); });
}

TEST_CASE("a call whose results have another length than is said fails alone") {
    Root root;
    wire::ChunkDone said = root.all_done();
    said.done = 3;  // with the values of four
    CHECK_NOTHROW(root.hear(said, results));
    said.first = 3;
    said.done = 1;
    said.value_bytes = sizeof(int);
    CHECK_NOTHROW(root.hear(said, std::span(results).last(1)));
    CHECK(root.complete());
    CHECK_THROWS_AS(root.throw_error(), DecodeError);
}

TEST_CASE("results of another length than their place are not received into it") {
    Root root;
    wire::ChunkDone said = root.all_done();
    said.bulk = 1;
    CHECK(root.place_for(said, 4 * sizeof(int)) != nullptr);
    CHECK(root.place_for(said, 5 * sizeof(int)) == nullptr);
    said.first = 1;
    CHECK(root.place_for(said, 4 * sizeof(int)) == nullptr);
    said.first = UINT64_MAX;
    CHECK(root.place_for(said, 4 * sizeof(int)) == nullptr);
}
