// What hecaton status advises after a job that has failed.
#include <support/catch.hpp>

#include <launcher/base/refusal.hpp>
#include <launcher/status/advice.hpp>

using namespace hecaton::launcher;
using namespace hecaton::launcher::jobs;
using namespace hecaton::launcher::status;
using batch::State;
using namespace std::chrono_literals;
using Catch::Matchers::StartsWith;

namespace {

constexpr std::uint64_t gib = 1ULL << 30;

// A job of two nodes that has ended with that status.
Known ended(int status, State state = State::failed) {
    Known known;
    known.title = "Slurm";
    known.job.scheduler = "slurm";
    known.job.request.nodes = 2;
    known.job.request.ranks_per_node = 64;
    known.state = state;
    known.status = status;
    known.record = batch::Record{.begun = 1'000, .ended = 8'200, .status = status};
    return known;
}

}  // namespace

TEST_CASE("a job that had too little memory is told how much to ask for") {
    Known known = ended(137);
    known.job.request.memory = 4096;
    known.record->memory = gib * 39 / 10;
    known.record->memory_host = "n2";
    known.record->out_of_memory = true;
    CHECK(memory_text(memory_of(known)) == "3.9 of 4 GiB on n2");
    CHECK(advice(known) ==
          "it used 3.9 of 4 GiB on n2 and was killed: submit it again with --mem 8G, or with fewer ranks on a node "
          "(--ranks-per-node 32)");
    known.record->memory = gib * 45 / 10;  // with what they share
    CHECK_THAT(advice(known),
               StartsWith("it used all of its 4 GiB on n2 and was killed: submit it again with --mem 8G"));
    known.job.request.memory = 0;
    CHECK_THAT(advice(known), StartsWith("it was killed for want of memory, when it had 4.5 GiB on n2: submit it again "
                                         "with --mem 9G"));
    known.record->memory_limit = 200 << 20;  // as the kernel said
    known.record->memory = 190 << 20;
    CHECK_THAT(advice(known),
               StartsWith("it used 190 of 200 MiB on n2 and was killed: submit it again with --mem 512M"));
    known.job.request.nodes = known.job.request.ranks_per_node = 1;
    CHECK(advice(known) == "it used 190 of 200 MiB on n2 and was killed: submit it again with --mem 512M");
    known.job.scheduler = "local";  // where --mem means nothing
    CHECK_THAT(advice(known), ContainsSubstring("it needs a machine with more memory"));
    known.job.request.ranks_per_node = 8;
    CHECK_THAT(advice(known), ContainsSubstring("submit it again with fewer ranks on a node (-n 4)"));
}

TEST_CASE("the batch system says that memory was short, or a killed job was at its limit") {
    Known known = ended(1);
    known.view = batch::View{.id = "7", .state = State::failed, .word = "OUT_OF_MEMORY"};
    CHECK_FALSE(memory_of(known).exhausted);
    CHECK(advice(known).empty());
    known.view->out_of_memory = true;
    CHECK_THAT(advice(known), StartsWith("it was killed for want of memory: submit it again with more --mem, or"));
    known.view->memory_limit = 4 * gib;
    CHECK_THAT(advice(known),
               StartsWith("it was killed for want of memory, of which it may have 4 GiB: submit it again "
                          "with --mem 8G"));
    known.view->out_of_memory = false;
    known.view->memory = 2 * 4 * gib;  // of both nodes
    CHECK(advice(known).empty());
    known.status = 137;
    CHECK_THAT(advice(known), StartsWith("it used all of its 4 GiB and was killed"));
    known.record.reset();
    CHECK(memory_of(known).exhausted);
    known.state = State::cancelled;
    CHECK(advice(known).empty());
    known = ended(0, State::done);
    known.record->memory = gib;
    CHECK(memory_text(memory_of(known)) == "1 GiB");
    CHECK(advice(known).empty());
}

TEST_CASE("a job that had too little time is told how much to ask for") {
    Known known = ended(143, State::timed_out);
    known.job.request.limit = 2h;
    CHECK(advice(known) == "it needed more than its 2:00:00: --time 4h, or --journal with --restarts");
    known.record->done = 812;
    known.record->total = 1'000;
    CHECK(advice(known) ==
          "it needed more than its 2:00:00 with 812 of 1000 items done: --time 2h45m, or --journal with --restarts");
    known.job.journal = "sweep.db";
    CHECK(advice(known) ==
          "it needed more than its 2:00:00 with 812 of 1000 items done: its journal keeps them, so submit it again for "
          "the rest (about 45m more); --restarts would do that by itself");
    known.job.request.restarts = 2;
    known.record->runs = {{.run = 1, .begun = 100, .ended = 900, .status = 75, .host = "n1"}};
    known.state = State::failed;
    known.status = out_of_time;
    CHECK_THAT(advice(known), ContainsSubstring("; --restarts 2 were too few"));
    known = ended(143, State::timed_out);
    known.record.reset();
    CHECK(advice(known) == "it needed more than the time of its queue: more --time, or --journal with --restarts");
}

TEST_CASE("a job that was lost is told how to survive that") {
    Known known = ended(137, State::lost);
    CHECK_THAT(advice(known), StartsWith("submit it again; with --journal"));
    known.job.journal = "sweep.db";
    CHECK_THAT(advice(known), ContainsSubstring("its journal keeps what is done"));
    known.job.request.restarts = 1;
    CHECK(advice(known).empty());
    CHECK(advice(ended(3)).empty());  // its card says more
}
