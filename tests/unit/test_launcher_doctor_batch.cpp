// The verdicts of hecaton doctor --batch, and the configuration that it proposes.
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <support/catch.hpp>

#include <launcher/doctor/batch/batch_trial.hpp>
#include <launcher/doctor/batch/site_checks.hpp>
#include <launcher/jobs/config.hpp>

using namespace hecaton::launcher;

namespace {

Check find(const std::vector<Check>& checks, const std::string& name) {
    const auto found = std::ranges::find(checks, name, &Check::name);
    REQUIRE(found != checks.end());
    return *found;
}

AskedSite slurm_with_two_queues() {
    AskedSite asked{.scheduler = "slurm", .title = "Slurm", .took = std::chrono::milliseconds(20)};
    asked.site.version = "22.05.8";
    asked.site.queues = {{.name = "main",
                          .usual = true,
                          .state = "up",
                          .limit = 2 * 86'400,
                          .given_limit = 3'600,
                          .nodes = {.count = 3, .down = 1, .cores = {4, 8}, .memory = {1'000, 1'000}}},
                         {.name = "old", .state = "drain", .open = false, .most_nodes = 1, .nodes = {.count = 9}}};
    asked.site.settings = {{"arrays", "MaxArraySize 1001", ""}, {"restarts", "RequeueExit 75", "ask the site"}};
    return asked;
}

AskedSite grid_engine() {
    AskedSite asked{.scheduler = "sge", .title = "Grid Engine"};
    asked.site.queues = {{.name = "all.q", .environments = {"make", "smp", "orte"}}};
    asked.site.environments = {{.name = "make", .slots = 99, .rule = "$round_robin"},
                               {.name = "smp", .slots = 8, .rule = "$pe_slots", .controls = true},
                               {.name = "orte", .slots = 99, .rule = "$fill_up", .controls = true},
                               {.name = "elsewhere", .slots = 99, .rule = "$fill_up", .controls = true}};
    return asked;
}

// What hecaton submit takes from that file.
SubmitOptions taken(const std::string& text, const std::string& scheduler) {
    const auto file = std::filesystem::temp_directory_path() / ("hecaton-proposed-" + std::to_string(::getpid()));
    std::ofstream(file) << text;
    SubmitOptions options;
    jobs::fill_in(options, scheduler, {file.string()});
    options.scheduler = jobs::configured_scheduler({file.string()});
    std::filesystem::remove(file);
    return options;
}

}  // namespace

TEST_CASE("a batch system that answers, its queues and its settings") {
    const auto checks = check_site(slurm_with_two_queues(), {});
    CHECK(find(checks, "batch system").text == "Slurm 22.05.8 answers, in 0.02 s");
    CHECK(find(checks, "queue main").text ==
          "up; the default; 2 days at most, 1 h without --time; 3 nodes (1 of them down) of 4 to 8 cores and 1000 MB");
    CHECK(find(checks, "queue main").verdict == Verdict::ok);
    CHECK(find(checks, "queue old").verdict == Verdict::ok);  // nobody has asked for it
    CHECK(find(checks, "arrays").verdict == Verdict::ok);
    CHECK(find(checks, "restarts").verdict == Verdict::warning);
    CHECK(nothing_bad(checks));
    SubmitOptions wishes;
    wishes.queue = "old";
    CHECK(find(check_site(slurm_with_two_queues(), wishes), "queue old").verdict == Verdict::warning);
    wishes.queue = "nope";
    const auto none = find(check_site(slurm_with_two_queues(), wishes), "queue nope");
    CHECK(none.verdict == Verdict::bad);
    CHECK_THAT(none.mend, ContainsSubstring("main, old"));
}

TEST_CASE("a batch system that does not answer, or late, or has nothing") {
    AskedSite asked = slurm_with_two_queues();
    asked.took = std::chrono::seconds(12);
    CHECK(find(check_site(asked, {}), "batch system").verdict == Verdict::warning);
    asked.trouble = "Unable to contact slurm controller (connect failure)";
    const auto checks = check_site(asked, {});
    REQUIRE(checks.size() == 1);
    CHECK(checks[0].verdict == Verdict::bad);
    CHECK_THAT(checks[0].text, ContainsSubstring("connect failure"));
    CHECK_THAT(checks[0].mend, ContainsSubstring("--scheduler local"));
    CHECK(configuration(asked, {}).empty());
    CHECK(find(check_site({.scheduler = "lsf", .title = "LSF"}, {}), "queues").verdict == Verdict::warning);
    const auto local = check_site({.scheduler = "local", .title = "local", .cores = 4}, {});
    CHECK_THAT(find(local, "queue").text, ContainsSubstring("4 cores"));
    CHECK(nothing_bad(local));
}

TEST_CASE("two nodes where there are two") {
    AskedSite asked = slurm_with_two_queues();
    CHECK(trial_layout(asked, "") == std::pair(2, 1));
    CHECK(trial_layout(asked, "old") == std::pair(1, 2));
    asked.site.queues[0].nodes.count = 2;
    CHECK(trial_layout(asked, "main") == std::pair(1, 2));
    asked.site.queues[0].nodes.cores = {1, 1};
    CHECK(trial_layout(asked, "main") == std::pair(1, 1));
    CHECK(trial_layout({.scheduler = "local"}, "") == std::pair(1, 2));
    CHECK(trial_layout({.scheduler = "pbs"}, "") == std::pair(2, 1));
}

TEST_CASE("the parallel environment that suits MPI best, of the queue's own") {
    AskedSite asked = grid_engine();
    const auto* best = best_environment(asked.site, "");
    REQUIRE(best != nullptr);
    CHECK(best->name == "orte");
    asked.site.queues[0].environments = {};
    CHECK(best_environment(asked.site, "") == nullptr);
    CHECK(find(check_site(asked, {}), "environments").verdict == Verdict::warning);
    CHECK_THAT(find(check_site(asked, {}), "environment smp").text, ContainsSubstring("one host only"));
}

TEST_CASE("the proposed file is taken by hecaton submit, whatever the names are") {
    SubmitOptions wishes;
    CHECK(configuration(slurm_with_two_queues(), wishes) ==
          "# for all jobs: /etc/hecaton.toml; for yours: ~/.config/hecaton/config.toml\n"
          "scheduler = \"slurm\"\n"
          "[slurm]\n"
          "partition = \"main\"\n"
          "# others: old\n");
    wishes.queue = "o\"ld\\\n";
    wishes.account = "physics";
    wishes.modules = {"gcc/12", "openmpi"};
    wishes.directives = {"-pe orte", "--constraint=\"a|b\""};
    AskedSite asked = slurm_with_two_queues();
    asked.site.queues.push_back({.name = "x\ny = 1"});
    const auto made = taken(configuration(asked, wishes), "slurm");
    CHECK(made.scheduler == "slurm");
    CHECK(made.queue == wishes.queue);
    CHECK(made.account == "physics");
    CHECK(made.modules == wishes.modules);
    CHECK(made.directives == wishes.directives);
    for (const char* scheduler : {"pbs", "torque", "lsf", "flux", "sge", "local"}) {
        INFO(scheduler);
        AskedSite other = grid_engine();
        other.scheduler = scheduler;
        const auto of_other = taken(configuration(other, wishes), scheduler);
        CHECK(of_other.scheduler == scheduler);
        CHECK(of_other.queue == wishes.queue);
    }
    CHECK(configuration({.scheduler = "local"}, {}) ==
          "# for all jobs: /etc/hecaton.toml; for yours: ~/.config/hecaton/config.toml\nscheduler = \"local\"\n");
}

TEST_CASE("the trial as a job") {
    BatchTrial made;
    made.nodes = 2;
    made.job = "12";
    made.trial.took = std::chrono::milliseconds(900);
    for (const char* line :
         {"hecaton-trial begun Open MPI v4.1.4", "hecaton-trial begun Open MPI v4.1.4",
          "hecaton-trial initialised 2 310000", "hecaton-trial initialised 2 300000", "hecaton-trial exchanged 2100",
          "hecaton-trial exchanged 2000", "hecaton-trial ended n2", "hecaton-trial ended n1"})
        hear(made.trial, line);
    made.in_queue = std::chrono::seconds(7);
    CHECK(check_batch_trial(made).verdict == Verdict::ok);
    CHECK(
        check_batch_trial(made).text ==
        "job 12 on n1, n2: 2 ranks were started and ended well, in 0.90 s; they met in Open MPI v4.1.4: MPI_Init took "
        "0.31 s, the exchange of 1 MB 2.1 ms; it waited for 7 s in the queue");
    BatchTrial together = made;
    together.trial.hosts = {"n1"};
    CHECK(check_batch_trial(together).verdict == Verdict::warning);
    CHECK_THAT(check_batch_trial(together).text, ContainsSubstring("between nodes was not tried"));

    BatchTrial without;
    without.trial.heard = 2;
    without.trial.untried = "libmpi.so.40: cannot open";
    without.trial.hosts = {"n1"};
    CHECK(check_batch_trial(without).verdict == Verdict::warning);
    CHECK_THAT(check_batch_trial(without).text, ContainsSubstring("libmpi.so.40: cannot open"));

    BatchTrial failed;
    failed.job = "12";
    failed.folder = "/f";
    failed.why = "NonZeroExitCode";
    failed.state = "failed";
    failed.trial.status = 1;
    failed.trial.said = "module: command not found\n";
    failed.trial.limit = batch_trial_limit;
    CHECK(check_batch_trial(failed).verdict == Verdict::bad);
    CHECK_THAT(check_batch_trial(failed).text,
               ContainsSubstring("failed (NonZeroExitCode)") && ContainsSubstring("module: command not found"));
    CHECK_THAT(check_batch_trial(failed).mend, ContainsSubstring("hecaton logs 12") && ContainsSubstring("/f"));
    failed.trial.status = 124;
    CHECK_THAT(check_batch_trial(failed).text, ContainsSubstring("within 40 s"));

    using End = BatchTrial::End;
    const auto verdict = [](End end, bool cancelled = true) {
        BatchTrial none;
        none.cancelled = cancelled;
        none.end = end;
        none.job = "12";
        none.why = "Priority:\nothers come first";
        return check_batch_trial(none);
    };
    CHECK(verdict(End::waiting).verdict == Verdict::warning);
    CHECK_THAT(verdict(End::waiting).text, ContainsSubstring("was cancelled: Priority: others come first"));
    CHECK_THAT(verdict(End::overdue, false).text, ContainsSubstring("is perhaps not cancelled: hecaton cancel 12"));
    CHECK(verdict(End::refused).verdict == Verdict::bad);
    CHECK(verdict(End::silent).verdict == Verdict::bad);
    CHECK(verdict(End::overdue).verdict == Verdict::bad);
    CHECK(verdict(End::interrupted).verdict == Verdict::bad);
}
