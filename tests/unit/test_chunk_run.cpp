// A worker's run of chunks, without a worker: what it hands over, and what it gives back.
#include <chrono>
#include <cstring>
#include <functional>
#include <hecaton/pool/worker/chunk_run.hpp>
#include <hecaton/tasks/task_table.hpp>
#include <hecaton/tasks/this_task.hpp>
#include <memory>
#include <support/catch.hpp>
#include <thread>
#include <utility>
#include <vector>

using namespace hecaton::detail;
using namespace std::chrono_literals;

namespace {

std::function<void(std::uint64_t)> at_item;

// Its results are an array of `Value`, of which the first bytes are the item's index.
template <class Value>
class FakeTask final : public Runner {
  public:
    explicit FakeTask(Reader& /*closure*/) {}
    void run(const ChunkInput& input, ChunkOutput& output, Pace& pace) override {
        std::byte* const results =
            output.in_place != nullptr ? output.in_place : output.values.grow_by(input.count * sizeof(Value));
        std::uint64_t i = 0;
        for (std::uint64_t stride = 0; i < input.count && (stride = pace.next(input.count - i)) != 0;) {
            for (const std::uint64_t end = i + stride; i < end; ++i) {
                const std::uint64_t index = input.first + i;
                at_item(index);
                std::memcpy(results + i * sizeof(Value), &index, sizeof index);
                if (output.with_times) output.times.push_back({});
            }
        }
        output.done = i;
        if (output.in_place == nullptr) output.values.shrink_to(i * sizeof(Value));
    }
    ItemResults item_results() const override { return {.value_bytes = sizeof(Value)}; }
};

struct Small {
    std::uint64_t index;
};
struct Large {
    std::byte bytes[4'096];
};

struct Result {
    wire::ChunkDone record;
    std::vector<std::uint64_t> indices;
    std::size_t errors = 0;
    std::string first_error = {};
};

// In place of a worker.
class Harness : private Connection {
  public:
    explicit Harness(TaskId task = Registered<FakeTask<Small>>::id) {
        worker_context = {3, 4};
        at_item = [](std::uint64_t) {};
        job_ = std::make_shared<OpenedJob>();
        job_->task = ReceivedTask(task, {});
    }
    std::unique_ptr<ChunkRun> take(std::uint64_t count, std::uint64_t size, std::byte* results = nullptr) {
        const scheduling::Chunk chunk{.id = 17, .job = 5, .first = 100, .count = count, .attempt = 2, .size = size};
        std::vector<QueuedChunk> chunks;
        chunks.push_back({.chunk = chunk, .results = results, .items = {}, .message = nullptr, .job = job_});
        queue.push(chunks);
        QueuedChunk taken;
        REQUIRE(queue.take(taken));
        return std::make_unique<ChunkRun>(context_, std::move(taken), steady_ns());
    }
    // What was handed over: of arrays of small values, or sent in bulk.
    std::vector<Result> results(std::size_t value_bytes = sizeof(Small)) {
        std::vector<Result> all;
        output.release();
        for (Message message; output.collect(message);) {
            wire::RecordReader records(message.head.bytes());
            while (!records.at_end()) {
                Result result{records.record<wire::ChunkDone>(), {}};
                Reader errors(records.bytes(result.record.error_bytes));
                for (; errors.remaining() > 0; ++result.errors) {
                    const ErrorRecord error = read_error_record(errors);
                    CHECK(error.index == result.record.first + result.errors);
                    result.first_error = result.errors == 0 ? error.text : result.first_error;
                }
                CHECK(records.bytes(result.record.time_bytes).size() ==
                      (job_->with_times ? result.record.done * sizeof(ItemTime) : 0));
                const auto values = result.record.bulk != 0 ? std::span(message.bulk.data, message.bulk.size)
                                                            : records.bytes(result.record.value_bytes);
                for (std::size_t at = 0; at < values.size(); at += value_bytes) {
                    std::uint64_t index = 0;
                    std::memcpy(&index, values.data() + at, sizeof index);
                    result.indices.push_back(index);
                }
                all.push_back(std::move(result));
            }
        }
        return all;
    }
    OpenedJob& job() { return *job_; }

    ChunkQueue queue;
    WorkerOutput output;
    Activity activity;
    int exchanges = 0;

  private:
    bool exchange() override {
        ++exchanges;
        return false;
    }
    std::chrono::nanoseconds longest_sleep() override { return {}; }

    std::shared_ptr<OpenedJob> job_;
    RunContext context_{.queue = queue,
                        .output = output,
                        .activity = activity,
                        .connection = PacedConnection(*this),
                        .clock = {},
                        .results = {}};
};

std::vector<std::uint64_t> indices(std::uint64_t first, std::uint64_t count) {
    std::vector<std::uint64_t> all;
    for (std::uint64_t i = 0; i < count; ++i) all.push_back(first + i);
    return all;
}

}  // namespace

TEST_CASE("the chunks of a run share a record while nobody collects") {
    Harness worker;
    auto run = worker.take(10, 4);
    CHECK(worker.activity.computing());
    run->compute();
    run->end();
    CHECK(!worker.activity.computing());
    const auto results = worker.results();
    REQUIRE(results.size() == 1);
    CHECK(results[0].record.id == 17);
    CHECK(results[0].record.job == 5);
    CHECK(results[0].record.attempt == 2);
    CHECK(results[0].record.first == 100);
    CHECK(results[0].record.done == 10);
    CHECK(results[0].record.back == 0);
    CHECK(results[0].indices == indices(100, 10));
}

TEST_CASE("what a chunk gave is handed over before the next one begins, and messages are exchanged between them") {
    Harness worker;
    std::vector<Result> results;
    at_item = [&](std::uint64_t index) {
        if (index % 4 == 0)
            for (auto& each : worker.results()) results.push_back(each);
        std::this_thread::sleep_for(1ms);
    };
    auto run = worker.take(10, 4);
    run->compute();
    run->end();
    CHECK(worker.exchanges == 2);
    REQUIRE(results.size() == 2);
    CHECK(results[0].indices == indices(100, 4));
    CHECK(results[0].record.seconds > 3e-3);
    CHECK(results[0].record.computed > 3e-3);  // a thread that sleeps does not wait for a core
    CHECK(results[0].record.computed <= results[0].record.seconds);
    CHECK(results[1].indices == indices(104, 4));
    CHECK(worker.results().at(0).indices == indices(108, 2));
}

TEST_CASE("after a recall the run ends behind its current item, and the rest of that chunk comes back") {
    Harness worker;
    std::vector<scheduling::Chunk> back;
    at_item = [&](std::uint64_t index) {
        if (index != 105) return;
        back = worker.queue.take_back();
        worker.activity.stop();
    };
    auto run = worker.take(20, 4);
    run->compute();
    run->end();
    REQUIRE(back.size() == 1);
    CHECK(back[0].first == 108);
    CHECK(back[0].count == 12);
    const auto results = worker.results();
    std::uint64_t done = 0;
    for (const auto& each : results) {
        CHECK(each.indices == indices(100 + done, each.record.done));
        done += each.record.done;
    }
    CHECK(done >= 6);
    CHECK(done + results.back().record.back == 8);
}

TEST_CASE("a run that was recalled before it began has nothing to hand over") {
    Harness worker;
    auto run = worker.take(20, 4);
    CHECK(worker.queue.take_back().at(0).count == 20);
    run->compute();
    run->end();
    CHECK(worker.results().empty());
}

TEST_CASE("a run that the worker cannot run comes back whole") {
    Harness worker;
    worker.take(20, 4)->end();
    const auto results = worker.results();
    REQUIRE(results.size() == 1);
    CHECK(results[0].record.done == 0);
    CHECK(results[0].record.back == 20);
}

TEST_CASE("where the task cannot be made each item fails") {
    Harness worker(1'000'000);
    worker.job().with_times = true;
    auto run = worker.take(5, 2);
    run->compute();
    run->end();
    const auto results = worker.results();
    REQUIRE(results.size() == 1);
    CHECK(results[0].record.done == 5);
    CHECK(results[0].errors == 5);
    CHECK_THAT(results[0].first_error, ContainsSubstring("task 1000000 is unknown on this rank"));
}

TEST_CASE("what breaks a run leaves those of its chunks alone that are handed over") {
    Harness worker;
    at_item = [](std::uint64_t index) {
        if (index == 106) throw std::bad_alloc();
    };
    auto run = worker.take(10, 4);
    run->compute();
    run->end();
    const auto results = worker.results();
    REQUIRE(results.size() == 2);
    CHECK(results[0].indices == indices(100, 4));
    CHECK(results[1].record.first == 104);
    CHECK(results[1].record.done == 6);
    CHECK(results[1].errors == 6);
}

TEST_CASE("large arrays go as they lie, those of a part of the run as a copy") {
    Harness worker(Registered<FakeTask<Large>>::id);
    for (const std::uint64_t size : {20U, 10U}) {
        auto run = worker.take(20, size);
        run->compute();
        run->end();
        const auto results = worker.results(sizeof(Large));
        REQUIRE(results.size() == 20 / size);
        for (std::size_t i = 0; i < results.size(); ++i) {
            CHECK(results[i].record.bulk == 1);
            CHECK(results[i].indices == indices(100 + i * size, size));
        }
    }
}

TEST_CASE("results that are written where they belong are not sent") {
    Harness worker;
    std::vector<std::uint64_t> array(6);
    auto run = worker.take(6, 2, reinterpret_cast<std::byte*>(array.data()));
    run->compute();
    run->end();
    CHECK(array == indices(100, 6));
    const auto results = worker.results();
    REQUIRE(results.size() == 1);
    CHECK(results[0].record.done == 6);
    CHECK(results[0].record.value_bytes == 0);
}

TEST_CASE("a run rings a watcher that sleeps") {
    Harness worker;
    worker.activity.watcher_bell().arm();
    worker.activity.watcher_sleeps(true);
    worker.take(1, 1)->end();
    CHECK(worker.activity.watcher_bell().arm());
}
