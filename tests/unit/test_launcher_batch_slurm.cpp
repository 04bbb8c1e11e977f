// Slurm's words: scripts, answers, states and reasons.
#include "batch_support.hpp"

using namespace hecaton::launcher::batch;

namespace {

const auto slurm = make_scheduler("slurm");

std::vector<View> listed(const std::string& text) {
    const auto views = slurm->views(said(text));
    REQUIRE(views.has_value());
    return *views;
}

State state_of(const std::string& word, const std::string& reason = "None") {
    return listed("7|N/A|" + word + "|0:00|1:00:00||" + reason + "|N/A|(null)|sweep\n").at(0).state;
}

}  // namespace

TEST_CASE("a small request is a short script for Slurm") {
    CHECK(script(slurm->directives(small_request())) ==
          "#SBATCH --job-name=sweep.k7x2m9q4\n"
          "#SBATCH --comment=k7x2m9q4\n"
          "#SBATCH --nodes=1\n"
          "#SBATCH --ntasks-per-node=1\n"
          "#SBATCH --signal=B:USR2@60\n"
          "#SBATCH --no-requeue\n"
          "#SBATCH --open-mode=append\n"
          "#SBATCH --output=\"/home/ada/sweep.hecaton/k7x2m9q4/batch.out\"\n");
}

TEST_CASE("a large request names all for Slurm, and the site's own directives come last") {
    Request request = large_request();
    request.directives = {"--constraint=\"ice|snow\""};
    CHECK(script(slurm->directives(request)) ==
          "#SBATCH --job-name=sweep.k7x2m9q4\n"
          "#SBATCH --comment=k7x2m9q4\n"
          "#SBATCH --nodes=2\n"
          "#SBATCH --ntasks-per-node=64\n"
          "#SBATCH --time=26:30:05\n"
          "#SBATCH --partition=normal\n"
          "#SBATCH --account=ab-123\n"
          "#SBATCH --qos=long\n"
          "#SBATCH --mem=4000M\n"
          "#SBATCH --gpus-per-node=64\n"
          "#SBATCH --exclusive\n"
          "#SBATCH --dependency=afterany:41:42\n"
          "#SBATCH --array=0-9%4\n"
          "#SBATCH --mail-type=END,FAIL\n"
          "#SBATCH --mail-user=ada@example.org\n"
          "#SBATCH --signal=B:USR2@60\n"
          "#SBATCH --requeue\n"
          "#SBATCH --open-mode=append\n"
          "#SBATCH --output=\"/home/ada/sweep.hecaton/k7x2m9q4/batch.out\"\n"
          "#SBATCH --constraint=\"ice|snow\"\n");
}

TEST_CASE("a short Slurm job asks for no signal, which would come before it has done anything") {
    Request request = small_request();
    request.limit = std::chrono::minutes(2);
    CHECK_THAT(script(slurm->directives(request)), !ContainsSubstring("--signal"));
}

TEST_CASE("a percent in a folder is none of Slurm's patterns") {
    Request request = small_request();
    request.folder = "/home/ada/50% done";
    CHECK_THAT(script(slurm->directives(request)), ContainsSubstring("--output=\"/home/ada/50%% done/batch.out\""));
}

TEST_CASE("no value of a request can end a Slurm directive") { expect_that_it_takes_no_hostile_values(*slurm); }

TEST_CASE("Slurm's id is found between a site's messages") {
    CHECK(command_line(slurm->submit(small_request(), "/f/script.sh")) == "sbatch --parsable /f/script.sh");
    CHECK(slurm->id(said("48213\n")) == "48213");
    CHECK(slurm->id(said("48213;alpha\n")) == "48213@alpha");
    CHECK(slurm->id(said("*** 2 nodes are down until 18:00 ***\r\n\n 48213 \nUse /scratch, 1000 GB\n")) == "48213");
    CHECK(slurm->id(said("Submitted batch job 48213\n")) == "48213");
    CHECK(slurm->id(said("48213\nSubmitted batch job 48213\n")) == "48213");
}

TEST_CASE("an answer with two ids, or without one, is no id") {
    expect_that_these_say_nothing(
        *slurm,
        {said("48213\n48214\n"), said(""), said("job 48213 accepted\n"), said("48213;a;b\n"), said("48213;\n"),
         said("-48213\n"), said("99999999999999999999999\n"), said("1e5\n"), silent(),
         failed(1, "sbatch: error: Batch job submission failed: Socket timed out on send/recv operation"),
         failed(1, "sbatch: error: Batch job submission failed: Unable to contact slurm controller (send failure)"),
         failed(137,
                "sbatch: error: Batch job submission failed: Unable to contact slurm controller (connect failure)"),
         failed(1, "sbatch: error: Batch job submission failed: Zero Bytes were transmitted or received"),
         failed(1, "sbatch: error: Slurm temporarily unable to accept job, sleeping and retrying"),
         failed(137, "Welcome to alpha"), failed(124, ""), failed(1, ""),
         failed(1, "post-submit hook failed", "48213\n")});
}

TEST_CASE("where Slurm is not set up, or its controller does not run, nothing was submitted, and one line says so") {
    for (const std::string words :
         {"sbatch: error: resolve_ctls_from_dns_srv: res_nsearch error: Unknown host\nsbatch: error: fetch_config: DNS "
          "SRV "
          "lookup failed\nsbatch: error: _establish_config_source: failed to fetch config\nsbatch: fatal: Could not "
          "establish a configuration source\n",
          "sbatch: error: s_p_parse_file: cannot stat file /x/slurm.conf: No such file or directory, retrying in 1sec "
          "up "
          "to 60sec\nsbatch: fatal: Unable to process configuration file\n",
          "sbatch: error: Batch job submission failed: Unable to contact slurm controller (connect failure)\n"}) {
        INFO(words);
        const std::string told = refusal(*slurm, failed(1, words));
        CHECK_THAT(told, ContainsSubstring(words.substr(words.rfind("error: "), 20)) &&
                             ContainsSubstring("nothing was submitted") && ContainsSubstring("--scheduler local") &&
                             !ContainsSubstring("\n"));
    }
}

TEST_CASE("a refusal of Slurm's has its words, and says what to look at") {
    const std::string words =
        refusal(*slurm, failed(1,
                               "sbatch: error: invalid partition specified: huge\n"
                               "sbatch: error: Batch job submission failed: Invalid partition name specified\n"));
    CHECK_THAT(words, ContainsSubstring("Invalid partition name specified"));
    CHECK_THAT(words, ContainsSubstring("sinfo -s"));
    CHECK_THAT(refusal(*slurm, failed(1, "sbatch: error: This site wants a project\n")),
               ContainsSubstring("wants a project"));
}

TEST_CASE("every state of Slurm's manual is known, and no other word ends a job") {
    for (const char* word : {"PENDING", "REQUEUED", "REQUEUE_FED", "EXPEDITING", "LAUNCH_FAILED", "RECONFIG_FAIL"})
        CHECK(state_of(word) == State::waiting);
    for (const char* word : {"REQUEUE_HOLD", "RESV_DEL_HOLD", "SPECIAL_EXIT"}) CHECK(state_of(word) == State::held);
    for (const char* word : {"RUNNING", "COMPLETING", "CONFIGURING", "RESIZING", "SIGNALING", "STAGE_OUT",
                             "POWER_UP_NODE", "UPDATE_DB", "REVOKED"})
        CHECK(state_of(word) == State::running);
    for (const char* word : {"SUSPENDED", "STOPPED"}) CHECK(state_of(word) == State::suspended);
    for (const char* word : {"TIMEOUT", "DEADLINE"}) CHECK(state_of(word) == State::timed_out);
    for (const char* word : {"NODE_FAIL", "BOOT_FAIL", "PREEMPTED"}) CHECK(state_of(word) == State::lost);
    for (const char* word : {"FAILED", "OUT_OF_MEMORY"}) CHECK(state_of(word) == State::failed);
    CHECK(state_of("COMPLETED") == State::done);
    CHECK(state_of("CANCELLED") == State::cancelled);
    CHECK(state_of("PENDING", "JobHeldUser") == State::held);
    CHECK(state_of("PENDING", "JobHeldAdmin") == State::held);
    CHECK(state_of("PENDING", "launch failed requeued held") == State::held);
    for (const char* word : {"TELEPORTED", "completed", "COMPLETED+", "0"}) {
        CHECK(state_of(word) == State::unknown);
        CHECK_FALSE(ended(state_of(word)));
    }
}

TEST_CASE("Slurm's list tells jobs, array tasks, times and tokens") {
    CHECK(command_line(slurm->list()) == "squeue --me -h -t all -o %F|%K|%T|%M|%L|%N|%r|%S|%k|%j");
    const auto views = listed(
        "48213|N/A|RUNNING|1-02:03:04|30:00|n[1-2]|None|2026-11-29T12:04:00|k7x2m9q4|sweep.k7x2m9q4\n"
        "a banner of the site\n"
        "48220|2-9%4|PENDING|0:00|4:00:00||JobArrayTaskLimit|N/A|abcdefgh|array.abcdefgh\n"
        "48220|1|COMPLETED|0:10|3:59:50|n1|None|2026-11-29T12:04:00|(null)|array.abcdefgh\n"
        "48230|N/A|PENDING|0:00|UNLIMITED||Priority|2026-11-30T00:00:00|other|strange|name\n");
    REQUIRE(views.size() == 4);
    CHECK(views[0].id == "48213");
    CHECK(views[0].task.empty());
    CHECK(views[0].name == "sweep");
    CHECK(views[0].token == "k7x2m9q4");
    CHECK(views[0].elapsed == 93'784);
    CHECK(views[0].left == 1800);
    CHECK(views[0].nodes == "n[1-2]");
    CHECK(views[1].task == "2-9");
    CHECK(views[1].start.empty());
    CHECK(views[2].task == "1");
    CHECK(views[2].token == "abcdefgh");
    CHECK(views[3].name == "strange|name");
    CHECK_FALSE(views[3].left.has_value());
}

TEST_CASE("a squeue that fails says nothing of any job") {
    CHECK_FALSE(slurm->views(silent()).has_value());
    CHECK_FALSE(slurm->views(failed(1, "slurm_load_jobs error: Unable to contact slurm controller (connect failure)")));
    CHECK_FALSE(slurm->views(failed(0, "slurm_load_jobs error: Unable to contact slurm controller (connect failure)")));
    CHECK_FALSE(slurm->views(said("<html>Maintenance until Monday</html>\n")));
    CHECK(slurm->views(said(""))->empty());
}

TEST_CASE("one ended job is described by scontrol, or by the accounting") {
    const auto view =
        slurm->view(said("JobId=7 JobName=sweep.k7x2m9q4 UserId=ada(1000) JobState=FAILED Reason=NonZeroExitCode "
                         "Dependency=(null) Requeue=1 Restarts=2 ExitCode=75:0 RunTime=00:01:05 "
                         "StartTime=2026-11-29T12:04:00 NodeList=n1 Comment=k7x2m9q4\n"),
                    "7");
    REQUIRE(view.has_value());
    CHECK(view->state == State::failed);
    CHECK(view->status == 75);
    CHECK(view->run == 2);
    CHECK(view->elapsed == 65);
    CHECK(view->token == "k7x2m9q4");
    const auto large =
        slurm->view(said("JobId=7 JobName=a JobState=OUT_OF_MEMORY Reason=OutOfMemory NumNodes=2 NumCPUs=8 "
                         "ExitCode=0:125 MinMemoryCPU=1000M\n"),
                    "7");
    REQUIRE(large.has_value());
    CHECK(large->out_of_memory);
    CHECK(large->memory_limit == 4000ULL << 20);
    CHECK(slurm->view(said("JobId=7 JobName=a JobState=FAILED MinMemoryNode=4G\n"), "7")->memory_limit == 4ULL << 30);
    CHECK(slurm->view(said("7|OUT_OF_MEMORY|0:125|00:00:10|n1|sweep.k7x2m9q4|\n"), "7")->out_of_memory);
    const auto killed = slurm->view(said("7|CANCELLED by 1000|0:15|00:00:10|n1|sweep.k7x2m9q4|\n"), "7");
    REQUIRE(killed.has_value());
    CHECK(killed->state == State::cancelled);
    CHECK(killed->status == 143);
    CHECK(killed->name == "sweep");
    CHECK_FALSE(slurm->view(failed(1, "slurm_load_jobs error: Invalid job id specified"), "7"));
    CHECK_FALSE(slurm->view(said(""), "7"));
    const auto array = slurm->view(said("JobId=9 ArrayJobId=7 ArrayTaskId=1 JobName=a JobState=COMPLETED ExitCode=0:0\n"
                                        "JobId=8 ArrayJobId=7 ArrayTaskId=0 JobName=a JobState=FAILED ExitCode=3:0\n"),
                                   "7");
    REQUIRE(array.has_value());
    CHECK(array->id == "7");
    CHECK(array->state == State::failed);
    CHECK(array->status == 3);
}

TEST_CASE("Slurm's reasons are explained") {
    const auto explain = [](const std::string& reason) { return slurm->explain(View{.reason = reason}); };
    for (const char* reason : {"Resources",
                               "Priority",
                               "Dependency",
                               "DependencyNeverSatisfied",
                               "BeginTime",
                               "JobHeldUser",
                               "JobHeldAdmin",
                               "PartitionConfig",
                               "PartitionTimeLimit",
                               "PartitionNodeLimit",
                               "PartitionDown",
                               "PartitionInactive",
                               "ReqNodeNotAvail",
                               "ReqNodeNotAvail, UnavailableNodes:n[1-4]",
                               "QOSMaxCpuPerUserLimit",
                               "QOSMaxJobsPerUserLimit",
                               "QOSGrpNodeLimit",
                               "QOSMaxWallDurationPerJobLimit",
                               "AssocGrpCPUMinutesLimit",
                               "AssocMaxJobsLimit",
                               "AssocGrpGRES",
                               "BadConstraints",
                               "Cleaning",
                               "FrontEndDown",
                               "InactiveLimit",
                               "InvalidAccount",
                               "InvalidQOS",
                               "JobLaunchFailure",
                               "Licenses",
                               "NodeDown",
                               "NonZeroExitCode",
                               "Prolog",
                               "QOSJobLimit",
                               "QOSResourceLimit",
                               "QOSTimeLimit",
                               "QOSUsageThreshold",
                               "Reservation",
                               "SystemFailure",
                               "TimeLimit",
                               "WaitingForScheduling",
                               "AssociationJobLimit",
                               "AssociationResourceLimit",
                               "AssociationTimeLimit",
                               "JobArrayTaskLimit",
                               "launch failed requeued held",
                               "(Resources)"}) {
        INFO(reason);
        CHECK_FALSE(explain(reason).empty());
    }
    CHECK(explain("BecauseISaySo").empty());
    CHECK(explain("").empty());
    CHECK(explain("DependencyNeverSatisfied") != explain("Dependency"));
    CHECK_THAT(explain("QOSMaxCpuPerUserLimit"), ContainsSubstring("one user"));
    CHECK_THAT(explain("QOSMaxCpuPerJobLimit"), ContainsSubstring("one job"));
}

TEST_CASE("Slurm's commands name the job, its cluster and its task") {
    CHECK(command_line(slurm->cancel("7")) == "scancel 7");
    CHECK(command_line(slurm->cancel("7@alpha")) == "scancel -M alpha 7");
    CHECK(command_line(slurm->warn("7")) == "scancel --batch --signal=USR2 7");
    CHECK(command_line(slurm->requeue("7").command) == "scontrol requeue 7");
    CHECK_FALSE(slurm->requeue("7").chain);
    CHECK(slurm->task_id("7", 3) == "7_3");
    CHECK(slurm->task_id("7@alpha", 3) == "7_3@alpha");
    CHECK(slurm->one("7@alpha").back() == "alpha");
    CHECK(slurm->one("7").back() == "7");
}

TEST_CASE("hostile answers are no ids and no lists, and do no harm") {
    expect_that_it_survives(
        *slurm, {"48213\n", "48213;alpha\n", "Submitted batch job 5\n",
                 "7|N/A|RUNNING|1-02:03:04|30:00|n[1-2]|None|2026-11-29T12:04:00|k7x2m9q4|sweep.k7x2m9q4\n",
                 "JobId=7 JobName=x JobState=FAILED Reason=None ExitCode=75:0 Restarts=9999999999 RunTime=1:2\n",
                 "7|CANCELLED by 1000|0:15|00:00:10|n1|sweep.k7x2m9q4|\n"});
}
