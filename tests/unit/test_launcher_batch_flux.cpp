// Flux's words: scripts, answers, states and reasons; and the names of all batch systems.
#include "batch_support.hpp"

using namespace hecaton::launcher::batch;

namespace {

const auto flux = make_scheduler("flux");

View shown(const std::string& line) {
    const auto views = flux->views(said(line + "\n"));
    REQUIRE(views.has_value());
    REQUIRE(views->size() == 1);
    return views->front();
}

View in_state(const std::string& state, const std::string& result = "", const std::string& code = "",
              const std::string& urgency = "16") {
    return shown("7|" + state + "|" + result + "|" + code + "|" + urgency + "||0.0|0.0|||||sweep.k7x2m9q4");
}

}  // namespace

TEST_CASE("a small request is a short script for Flux") {
    CHECK(script(flux->directives(small_request())) ==
          "#FLUX: --job-name=sweep.k7x2m9q4\n"
          "#FLUX: --setattr=user.hecaton=k7x2m9q4\n"
          "#FLUX: --nodes=1\n"
          "#FLUX: --nslots=1\n"
          "#FLUX: --output=\"/home/ada/sweep.hecaton/k7x2m9q4/batch.out\"\n");
}

TEST_CASE("a large request names all for Flux") {
    Request request = large_request();
    request.qos.clear();
    request.array = {};
    request.memory = 0;
    request.mail.clear();
    request.directives = {"--requires=fast"};
    CHECK(command_line(flux->submit(request, "/f/script.sh")) ==
          "flux batch --dependency=afterany:41 --dependency=afterany:42 /f/script.sh");
    CHECK(script(flux->directives(request)) ==
          "#FLUX: --job-name=sweep.k7x2m9q4\n"
          "#FLUX: --setattr=user.hecaton=k7x2m9q4\n"
          "#FLUX: --nodes=2\n"
          "#FLUX: --nslots=128\n"
          "#FLUX: --gpus-per-slot=1\n"
          "#FLUX: --exclusive\n"
          "#FLUX: --time-limit=95405s\n"
          "#FLUX: --queue=normal\n"
          "#FLUX: --setattr=system.bank=ab-123\n"
          "#FLUX: --signal=SIGUSR2@60s\n"
          "#FLUX: --output=\"/home/ada/sweep.hecaton/k7x2m9q4/batch.out\"\n"
          "#FLUX: --requires=fast\n");
}

TEST_CASE("Flux refuses what it does not have, in words") {
    for (const auto& [change, words] : std::vector<std::pair<void (*)(Request&), std::string>>{
             {[](Request& request) { request.qos = "long"; }, "no QoS"},
             {[](Request& request) { request.memory = 1; }, "--mem"},
             {[](Request& request) { request.mail = "ada@example.org"; }, "--mail"},
             {[](Request& request) {
                  request.array.ranges = {{0, 3}};
              },
              "no array of jobs"},
             {[](Request& request) { request.folder = "/home/{{id}}"; }, "{{"}}) {
        Request request = small_request();
        change(request);
        CHECK_THAT(refused_directives(*flux, request), ContainsSubstring(words));
    }
}

TEST_CASE("no value of a request can end a Flux directive") { expect_that_it_takes_no_hostile_values(*flux); }

TEST_CASE("Flux's id is a number, however it is written, and found between a site's messages") {
    CHECK(command_line(flux->submit(small_request(), "/f/script.sh")) == "flux batch /f/script.sh");
    CHECK(flux->id(said("\xc6\x92"
                        "5\n")) == "4");
    CHECK(flux->id(said("fM7Zq9AKHno\n")) == "149394041430081536");
    CHECK(flux->id(said("\xc6\x92M7Zq9AKHno\n")) == "149394041430081536");
    CHECK(flux->id(said("149394041430081536\n")) == "149394041430081536");
    CHECK(flux->id(said("Welcome to alpha\n\n  \xc6\x92M7Zq9AKHno \n")) == "149394041430081536");
    expect_that_these_say_nothing(
        *flux, {said("\xc6\x92M7Zq9AKHno\nfM7Zq9AKHnp\n"), said(""), said("ƒ\n"), said("f\n"), said("f0\n"),
                said("fzzzzzzzzzzzz\n"), said("first\n"), silent(), failed(143, ""),
                failed(1, "flux-batch: ERROR: [Errno 110] Connection timed out")});
}

TEST_CASE("where no Flux runs, nothing was submitted, and one line says so") {
    CHECK_THAT(
        refusal(*flux,
                failed(1, "flux-batch: ERROR: Unable to connect to Flux: broker socket /run/flux was not found")),
        ContainsSubstring("broker socket") && ContainsSubstring("nothing was submitted"));
}

TEST_CASE("a refusal of Flux's has its words, and says what to look at") {
    CHECK_THAT(refusal(*flux, failed(1, "flux-batch: ERROR: [Errno 22] Invalid queue 'huge' specified\n")),
               ContainsSubstring("flux queue list"));
    CHECK_THAT(refusal(*flux, failed(1, "flux-batch: ERROR: unsatisfiable request\n")),
               ContainsSubstring("flux resource list"));
}

TEST_CASE("every state of Flux's manual is known, and no other word ends a job") {
    CHECK(in_state("DEPEND").state == State::waiting);
    CHECK(in_state("PRIORITY").state == State::waiting);
    CHECK(in_state("SCHED").state == State::waiting);
    CHECK(in_state("SCHED", "", "", "0").state == State::held);
    CHECK(in_state("RUN").state == State::running);
    CHECK(in_state("CLEANUP").state == State::running);
    CHECK(in_state("INACTIVE", "COMPLETED", "0").state == State::done);
    CHECK(in_state("INACTIVE", "FAILED", "3").status == 3);
    CHECK(in_state("INACTIVE", "FAILED", "-9").status == 137);
    CHECK(in_state("INACTIVE", "CANCELED", "-128").state == State::cancelled);
    CHECK_FALSE(in_state("INACTIVE", "CANCELED", "-128").status.has_value());
    CHECK(in_state("INACTIVE", "TIMEOUT", "142").state == State::timed_out);
    for (const View& view : {in_state("NEW"), in_state("INACTIVE"), in_state("INACTIVE", "EXPLODED"), in_state("run")})
        CHECK(view.state == State::unknown);
    CHECK(in_state("INACTIVE", "EXPLODED").word == "EXPLODED");
}

TEST_CASE("Flux's list tells jobs, times, nodes, reasons and tokens") {
    const View view = shown("4|RUN|||16|n[1-2]|72.5|1800.1|2026-11-29T12:04:00||||sweep.k7x2m9q4");
    CHECK(view.id == "4");
    CHECK(view.name == "sweep");
    CHECK(view.token == "k7x2m9q4");
    CHECK(view.nodes == "n[1-2]");
    CHECK(view.elapsed == 72);
    CHECK(view.left == 1800);
    CHECK(view.start == "2026-11-29T12:04:00");
    const View after = shown("5|DEPEND|||16||0.0|0.0||after-finish=f21|||a|b");
    CHECK(after.name == "a|b");
    CHECK_THAT(flux->explain(after), ContainsSubstring("--after"));
    CHECK_FALSE(flux->explain(in_state("SCHED")).empty());
    CHECK_THAT(flux->explain(in_state("SCHED", "", "", "0")), ContainsSubstring("flux job urgency"));
    CHECK(flux->explain(in_state("RUN")).empty());
    const View dead = shown("6|INACTIVE|FAILED|1|16|n1|5.0|0.0|||node-failure|lost contact with n1|x");
    CHECK(dead.state == State::lost);
    CHECK(dead.reason == "node-failure: lost contact with n1");
}

TEST_CASE("a flux that fails says nothing of any job") {
    CHECK_FALSE(flux->views(silent()));
    CHECK_FALSE(flux->views(failed(1, "flux-jobs: ERROR: Unable to connect to Flux")));
    CHECK_FALSE(flux->views(said("Maintenance until Monday\n")));
    CHECK(flux->views(said(""))->empty());
    CHECK_FALSE(flux->view(failed(1, "flux-jobs: ERROR: JobID 7 unknown"), "7"));
}

TEST_CASE("Flux's commands name the job, and go on with a job after it") {
    CHECK(flux->expected("7").back() == "7");
    CHECK(flux->expected_start(said("2026-11-29T13:40:00\n")) == "2026-11-29T13:40:00");
    CHECK(flux->expected_start(said("\n")).empty());
    CHECK(command_line(flux->cancel("7")) == "flux cancel 7");
    CHECK(command_line(flux->warn("7")) == "flux job kill --signal=SIGUSR2 7");
    CHECK(flux->one("7").back() == "7");
    CHECK(flux->requeue("7").chain);
    CHECK(flux->array_index().empty());
}

TEST_CASE("hostile answers of Flux do no harm") {
    expect_that_it_survives(*flux, {"\xc6\x92M7Zq9AKHno\n", "4|RUN|||16|n[1-2]|72.5|1800.1|2026||||sweep.k7x2m9q4\n",
                                    "6|INACTIVE|FAILED|-999999999999|16|n1|5.0|0.0|||node-failure|lost|x\n"});
}

TEST_CASE("each batch system is known by its name, and no other") {
    for (const std::string& name : scheduler_names()) {
        const auto scheduler = make_scheduler(name);
        CHECK(scheduler->name() == name);
        CHECK_FALSE(scheduler->title().empty());
        CHECK_FALSE(scheduler->only_here().empty());
    }
    CHECK_THROWS_WITH(make_scheduler("cron"), ContainsSubstring("slurm, pbs, torque, lsf, sge, flux"));
    CHECK_THROWS_AS(make_scheduler(""), hecaton::launcher::Refusal);
}
