// LSF's words: scripts, answers, states and reasons.
#include "batch_support.hpp"

using namespace hecaton::launcher::batch;

namespace {

const auto lsf = make_scheduler("lsf");

std::string record(const std::string& stat, const std::string& more = "") {
    return R"({"JOBID":"7","JOBINDEX":"0","JOB_NAME":"sweep.k7x2m9q4","JOB_DESCRIPTION":"k7x2m9q4","STAT":")" + stat +
           "\"" + more + "}";
}

std::string list_of(const std::string& records) {
    return "{\n  \"COMMAND\":\"bjobs\",\n  \"JOBS\":1,\n  \"RECORDS\":[\n" + records + "\n  ]\n}\n";
}

View shown(const std::string& stat, const std::string& more = "") {
    const auto views = lsf->views(said(list_of(record(stat, more))));
    REQUIRE(views.has_value());
    REQUIRE(views->size() == 1);
    return views->front();
}

State state_of(const std::string& stat, const std::string& why = "") {
    return shown(stat, R"(,"EXIT_CODE":"130","EXIT_REASON":")" + why + "\"").state;
}

}  // namespace

TEST_CASE("a small request is a short script for LSF") {
    CHECK(script(lsf->directives(small_request())) ==
          "#BSUB -J \"sweep.k7x2m9q4\"\n"
          "#BSUB -Jd \"k7x2m9q4\"\n"
          "#BSUB -n 1\n"
          "#BSUB -R \"span[ptile=1]\"\n"
          "#BSUB -rn\n"
          "#BSUB -o \"/home/ada/sweep.hecaton/k7x2m9q4/batch.out\"\n");
}

TEST_CASE("a large request names all for LSF, whose arrays count from 1 and whose limits have minutes") {
    Request request = large_request();
    request.qos.clear();
    request.array.ranges = {{0, 3}, {7, 7}};
    request.directives = {"-app mpi"};
    CHECK(script(lsf->directives(request)) ==
          "#BSUB -J \"sweep.k7x2m9q4[1-4,8]%4\"\n"
          "#BSUB -Jd \"k7x2m9q4\"\n"
          "#BSUB -n 128\n"
          "#BSUB -R \"span[ptile=64]\"\n"
          "#BSUB -R \"rusage[mem=4000MB]\"\n"
          "#BSUB -gpu \"num=64\"\n"
          "#BSUB -W 26:31\n"
          "#BSUB -q normal\n"
          "#BSUB -P ab-123\n"
          "#BSUB -x\n"
          "#BSUB -w \"ended(41) && ended(42)\"\n"
          "#BSUB -N\n"
          "#BSUB -u ada@example.org\n"
          "#BSUB -r\n"
          "#BSUB -o \"/home/ada/sweep.hecaton/k7x2m9q4/batch.out\"\n"
          "#BSUB -app mpi\n");
    request.qos = "long";
    CHECK_THAT(refused_directives(*lsf, request), ContainsSubstring("LSF has no QoS"));
    request = small_request();
    request.folder = "/home/ada/50%";
    CHECK_THAT(refused_directives(*lsf, request), ContainsSubstring("submit from another folder"));
}

TEST_CASE("no value of a request can end an LSF directive") { expect_that_it_takes_no_hostile_values(*lsf); }

TEST_CASE("LSF's id is found between a site's messages") {
    CHECK(lsf->submit(small_request(), "/f/my script.sh").back() == "/f/my script.sh");
    CHECK(lsf->id(said("Job <48213> is submitted to queue <normal>.\n")) == "48213");
    CHECK(
        lsf->id(said(
            "== checking your project ==\nJob <48213> is submitted to default queue <normal>.\nJob <mail> is on\n")) ==
        "48213");
    expect_that_these_say_nothing(
        *lsf,
        {said("Job <1> is submitted to queue <a>.\nJob <2> is submitted to queue <a>.\n"), said(""), said("48213\n"),
         said("Job <48213> is not found\n"), said("Job <x> is submitted\n"), silent(), failed(137, ""),
         failed(255, "Failed in an LSF library call: Communication time out. Job not submitted."),
         failed(255, "LSF is down. Please wait ..."), failed(255, "Cannot contact LIM")});
}

TEST_CASE("a refusal of LSF's has its words, and says what to look at") {
    CHECK_THAT(refusal(*lsf, failed(255, "huge: No such queue. Job not submitted.\n")), ContainsSubstring("bqueues"));
    CHECK_THAT(refusal(*lsf, failed(255, "Request aborted by esub. Job not submitted.\n")),
               ContainsSubstring("aborted by esub"));
}

TEST_CASE("every state of LSF's manual is known, and no other word ends a job") {
    for (const char* word : {"PEND", "PROV", "WAIT"}) CHECK(state_of(word) == State::waiting);
    CHECK(state_of("PSUSP") == State::held);
    CHECK(state_of("RUN") == State::running);
    for (const char* word : {"USUSP", "SSUSP"}) CHECK(state_of(word) == State::suspended);
    for (const char* word : {"UNKWN", "ZOMBI", "done", "FINISHED"}) CHECK(state_of(word) == State::unknown);
    CHECK(state_of("DONE") == State::done);
    CHECK(state_of("EXIT") == State::failed);
    CHECK(state_of("EXIT", "TERM_MEMLIMIT: job killed after reaching LSF memory usage limit") == State::failed);
    CHECK(state_of("EXIT", "TERM_RUNLIMIT: job killed after reaching LSF run time limit") == State::timed_out);
    CHECK(state_of("EXIT", "TERM_OWNER: job killed by owner") == State::cancelled);
    CHECK(state_of("EXIT", "TERM_PREEMPT: job killed after preemption") == State::lost);
    CHECK(state_of("EXIT", "TERM_WHATEVER: new") == State::failed);
}

TEST_CASE("bjobs's JSON tells jobs, times, hosts and tokens") {
    const View view = shown("RUN", R"json(,"EXEC_HOST":"64*n1:64*n2","RUN_TIME":"72 second(s)","EXIT_CODE":"-")json"
                                   R"json(,"TIME_LEFT":"1:30 L","START_TIME":"Nov 29 12:04")json");
    CHECK(view.id == "7");
    CHECK(view.name == "sweep");
    CHECK(view.token == "k7x2m9q4");
    CHECK(view.nodes == "n1,n2");
    CHECK(view.elapsed == 72);
    CHECK(view.left == 5400);
    CHECK(view.start == "Nov 29 12:04");
    CHECK_FALSE(view.status.has_value());
    CHECK(shown("EXIT", R"(,"EXIT_CODE":"7")").status == 7);
    const View large = shown(
        "EXIT",
        R"(,"EXIT_CODE":"137","EXIT_REASON":"TERM_MEMLIMIT: job killed after reaching LSF memory usage limit","MAX_MEM":"3.5 Gbytes")");
    CHECK(large.out_of_memory);
    CHECK(large.memory == 3584ULL << 20);
    CHECK_FALSE(shown("EXIT", R"(,"EXIT_CODE":"137","MAX_MEM":"-")").out_of_memory);
    CHECK(shown("DONE", R"(,"EXIT_CODE":"-")").status == 0);
    const auto tasks =
        lsf->views(said("banner\n" + list_of(R"({"JOBID":"9","JOBINDEX":"3","JOB_NAME":"a.abcdefgh[3]","STAT":"RUN"},)"
                                             R"({"JOBID":"8","ERROR":"Job <8> is not found"}, 5, {"JOBID":1})")));
    REQUIRE(tasks.has_value());
    REQUIRE(tasks->size() == 1);
    CHECK(tasks->front().task == "2");
    CHECK(tasks->front().name == "a");
    CHECK(tasks->front().token == "abcdefgh");
}

TEST_CASE("a bjobs that fails says nothing of any job, but that there is none is an answer") {
    CHECK_FALSE(lsf->views(silent()));
    CHECK_FALSE(lsf->views(failed(255, "LSF is down. Please wait ...")));
    CHECK_FALSE(lsf->views(failed(255, "batch daemon not responding ... still trying")));
    CHECK_FALSE(lsf->views(said("")));
    CHECK_FALSE(lsf->views(said("{\"RECORDS\":[")));
    CHECK(lsf->views(failed(255, "No job found\n"))->empty());
    CHECK(lsf->views(failed(0, "No unfinished job found\n"))->empty());
    CHECK(lsf->views(said(list_of("")))->empty());
}

TEST_CASE("LSF's pending reasons are explained") {
    for (const char* reason :
         {"New job is waiting for scheduling;", "Job dependency condition not satisfied;",
          "Dependency condition invalid or never satisfied;",
          "Not enough processors to meet the job's spanning requirement;",
          "User has reached the per-user job slot limit of the queue;", "The user has reached his/her job slot limit;",
          "Job slot limit reached: 5 hosts;", "Not enough job slot(s);",
          "Job's requirements for reserving resource (mem) not satisfied: 3 hosts;",
          "Job's resource requirements not satisfied: 1 host;", "The queue is inactivated by the administrator;",
          "The queue is inactivated by its time windows: run window closed;", "Closed by LSF administrator: 1 host;",
          "Load information unavailable: 1 host;", "Not specified in job submission: 10 hosts;",
          "The job was suspended by the user while pending;", "Job was suspended by LSF admin or root while pending;",
          "Individual host based reasons;", "The specified job start time has not been reached yet: start time;"}) {
        INFO(reason);
        CHECK_FALSE(lsf->explain(View{.reason = reason}).empty());
    }
    CHECK(lsf->explain(View{.reason = "because"}).empty());
}

TEST_CASE("LSF is asked when a job begins, and may not know") {
    CHECK(command_line(lsf->expected("7")) == "bjobs -json -o estimated_sim_start_time 7");
    CHECK(lsf->expected_start(said(list_of(R"({"ESTIMATED_SIM_START_TIME":"Nov 29 13:40"})"))) == "Nov 29 13:40");
    CHECK(lsf->expected_start(said(list_of(R"({"ESTIMATED_SIM_START_TIME":"-"})"))).empty());
    CHECK(lsf->expected_start(failed(255, "Invalid field: estimated_sim_start_time")).empty());
    CHECK(lsf->expected_start(silent()).empty());
}

TEST_CASE("LSF's commands name the job and its task") {
    CHECK(command_line(lsf->cancel("7")) == "bkill 7");
    CHECK(command_line(lsf->warn("7")) == "bkill -s USR2 7");
    CHECK(command_line(lsf->requeue("7").command) == "brequeue 7");
    CHECK(lsf->task_id("7", 0) == "7[1]");
    CHECK(lsf->one("7").back() == "7");
    const auto view = lsf->view(said(list_of(record("EXIT", R"(,"EXIT_CODE":"3")"))), "7");
    REQUIRE(view.has_value());
    CHECK(view->status == 3);
    CHECK_FALSE(lsf->view(said(list_of(record("EXIT"))), "8"));
}

TEST_CASE("hostile answers of LSF do no harm") {
    expect_that_it_survives(
        *lsf, {"Job <48213> is submitted to queue <normal>.\n", list_of(record("RUN")), record("EXIT"),
               "{\"RECORDS\":[[],{},null,{\"JOBID\":{}}]}", "{\"RECORDS\":{}}", "Job <", "> is submitted"});
}
