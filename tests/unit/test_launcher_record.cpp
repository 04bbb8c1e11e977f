// What a batch job writes about itself.
#include <support/catch.hpp>

#include <launcher/batch/record.hpp>

using namespace hecaton::launcher::batch;

TEST_CASE("a record comes back as it was written") {
    Record record;
    record.run = 3;
    record.begun = 1'700'000'000.5;
    record.host = "n1";
    record.call = "sweep \"1\"\n";
    record.done = 812;
    record.total = 1000;
    record.ended = 1'700'000'100;
    record.status = 75;
    record.again = true;
    record.card = {"rank 3 died", "of SIGSEGV"};
    record.memory = 3ULL << 30;
    record.memory_host = "n2";
    record.memory_limit = 4ULL << 30;
    record.out_of_memory = true;
    record.runs = {{.run = 1, .begun = 1, .ended = 2, .status = 75, .host = "n2"}};
    const auto read = decode_record(encode(record));
    REQUIRE(read);
    CHECK(read->run == 3);
    CHECK(read->begun == 1'700'000'000.5);
    CHECK(read->call == record.call);
    CHECK(read->done == 812);
    CHECK(read->again);
    CHECK(read->card == record.card);
    CHECK(read->memory == record.memory);
    CHECK(read->memory_host == "n2");
    CHECK(read->memory_limit == record.memory_limit);
    CHECK(read->out_of_memory);
    REQUIRE(read->runs.size() == 1);
    CHECK(read->runs[0].host == "n2");
    CHECK(encode(*read) == encode(record));
}

TEST_CASE("runs that asked for another one count as restarts, and those without an end; preempted ones do not") {
    Record record;
    CHECK(restarts_used(record) == 0);
    record.runs = {{.run = 1, .ended = 2, .status = 75, .again = true},
                   {.run = 2, .ended = 0},
                   {.run = 3, .ended = 5, .status = 143}};
    CHECK(restarts_used(record) == 2);
    const auto read = decode_record(encode(record));
    REQUIRE(read);
    CHECK(restarts_used(*read) == 2);
}

TEST_CASE("what is no record, and what is only a part of one") {
    for (const char* none : {"", "{", "[]", "3", "{\"version\":1,\"run\":"}) {
        CAPTURE(none);
        CHECK_FALSE(decode_record(none));
    }
    const auto odd = decode_record(R"({"run": "two", "status": 7, "card": [1, "a"], "runs": [3, {}], "new": null})");
    REQUIRE(odd);
    CHECK(odd->run == 1);
    CHECK(odd->status == 7);
    CHECK(odd->card == std::vector<std::string>{"a"});
    CHECK(odd->runs.size() == 1);
    CHECK(file_of_task("record", "") == "record");
    CHECK(file_of_task("record", "3") == "record.3");
}
