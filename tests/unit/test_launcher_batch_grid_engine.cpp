// Grid Engine's words: scripts, answers, states and reasons. The answers are those of a real Son of Grid Engine 8.1.9.
#include "batch_support.hpp"

using namespace hecaton::launcher::batch;

namespace {

const auto sge = make_scheduler("sge");

std::string job(const std::string& state, const std::string& more = "") {
    return "    <job_list state=\"pending\">\n      <JB_job_number>7</JB_job_number>\n      "
           "<JAT_prio>0.25334</JAT_prio>\n"
           "      <JB_name>sweep.k7x2m9q4</JB_name>\n      <JB_owner>ada</JB_owner>\n      <state>" +
           state + "</state>\n" + more + "    </job_list>\n";
}

std::string list_of(const std::string& jobs) {
    return "<?xml version='1.0'?>\n<job_info  xmlns:xsd=\"http://example.org/qstat.xsd\">\n  <queue_info>\n" + jobs +
           "  </queue_info>\n  <job_info>\n  </job_info>\n</job_info>\n";
}

View shown(const std::string& state, const std::string& more = "") {
    const auto views = sge->views(said(list_of(job(state, more))));
    REQUIRE(views.has_value());
    REQUIRE(views->size() == 1);
    return views->front();
}

std::string record(const std::string& failed, const std::string& status, const std::string& task = "undefined") {
    return "==============================================================\n"
           "qname        all.q               \nhostname     h1                  \njobname      sweep.k7x2m9q4      \n"
           "jobnumber    7                   \ntaskid       " +
           task + "\nfailed       " + failed + "\nexit_status  " + status + "\n";
}

View accounted(const std::string& text) {
    const auto view = sge->view(said(text), "7");
    REQUIRE(view.has_value());
    return *view;
}

}  // namespace

TEST_CASE("a small request is a short script for Grid Engine") {
    CHECK(script(sge->directives(small_request())) ==
          "#$ -N sweep.k7x2m9q4\n"
          "#$ -ac HECATON_TOKEN=k7x2m9q4\n"
          "#$ -S /bin/sh\n"
          "#$ -notify\n"
          "#$ -r n\n"
          "#$ -j y\n"
          "#$ -o \"/home/ada/sweep.hecaton/k7x2m9q4/batch.out\"\n");
}

TEST_CASE("a large request names all for Grid Engine, whose arrays count from 1") {
    Request request = large_request();
    request.qos.clear();
    request.directives = {"-pe orte", "-l fast=1"};
    CHECK(script(sge->directives(request)) ==
          "#$ -N sweep.k7x2m9q4\n"
          "#$ -ac HECATON_TOKEN=k7x2m9q4\n"
          "#$ -S /bin/sh\n"
          "#$ -notify\n"
          "#$ -pe orte 128\n"
          "#$ -l h_rt=26:30:05\n"
          "#$ -l h_vmem=62M\n"
          "#$ -l gpu=1\n"
          "#$ -l exclusive=true\n"
          "#$ -q normal\n"
          "#$ -P ab-123\n"
          "#$ -hold_jid 41,42\n"
          "#$ -t 1-10\n"
          "#$ -tc 4\n"
          "#$ -m ea\n"
          "#$ -M ada@example.org\n"
          "#$ -r y\n"
          "#$ -j y\n"
          "#$ -o \"/home/ada/sweep.hecaton/k7x2m9q4/batch.out\"\n"
          "#$ -l fast=1\n");
}

TEST_CASE("Grid Engine refuses what it does not have, in words") {
    Request request = small_request();
    request.nodes = 2;
    CHECK_THAT(refused_directives(*sge, request), ContainsSubstring("-pe NAME"));
    request.directives = {"-pe a;b"};
    CHECK_THAT(refused_directives(*sge, request), ContainsSubstring("parallel environment"));
    request = small_request();
    request.qos = "long";
    CHECK_THAT(refused_directives(*sge, request), ContainsSubstring("no QoS"));
    request = small_request();
    request.array.ranges = {{0, 3}, {7, 9}};
    CHECK_THAT(refused_directives(*sge, request), ContainsSubstring("array with gaps"));
    request = small_request();
    request.folder = "/home/a,b";
    CHECK_THAT(refused_directives(*sge, request), ContainsSubstring("submit from another folder"));
}

TEST_CASE("no value of a request can end a Grid Engine directive") { expect_that_it_takes_no_hostile_values(*sge); }

TEST_CASE("Grid Engine's id is found between a site's messages") {
    CHECK(command_line(sge->submit(small_request(), "/f/script.sh")) == "qsub -terse /f/script.sh");
    CHECK(sge->id(said("1\n")) == "1");
    CHECK(sge->id(said("2.1-4:1\n")) == "2");
    CHECK(sge->id(said("JSV: checking\n\n48213\n")) == "48213");
    CHECK(sge->id(said("Your job 48213 (\"sweep\") has been submitted\n")) == "48213");
    CHECK(sge->id(said("Your job-array 48213.1-4:1 (\"sweep\") has been submitted\n")) == "48213");
    CHECK(sge->id(failed(1,
                         "Unable to run job: warning: root's job is not allowed to run in any queue\n"
                         "Your job 48213 (\"sweep\") has been submitted\nExiting.\n")) == "48213");
    expect_that_these_say_nothing(
        *sge,
        {said("1\n2\n"), said(""), said("Your job waits\n"), said("2.x\n"), said("3.14 GB free\n"), silent(),
         failed(137, ""),
         failed(
             1,
             "Unable to run job: failed receiving gdi request response for mid=1 (got syncron message receive timeout "
             "error).\nExiting.")});
}

TEST_CASE("where Grid Engine is not set up, or its qmaster does not run, nothing was submitted, and one line says so") {
    for (const std::string words :
         {"error: commlib error: got select error (Connection refused)\nUnable to run job: unable to send message to "
          "qmaster using port 6444 on host \"h1\": got send error.\nExiting.\n",
          "\nUnable to initialize environment because of error: cell directory \"/x/default\" doesn't "
          "exist\nExiting.\n",
          "\nUnable to initialize environment because of error: unable to read qmaster name: qmaster hostname in "
          "\"/x/default/common/act_qmaster\" has\nExiting.\n"}) {
        INFO(words);
        const std::string told = refusal(*sge, failed(1, words));
        CHECK_THAT(told, ContainsSubstring("Exiting.") && ContainsSubstring("nothing was submitted") &&
                             ContainsSubstring("--scheduler local") && !ContainsSubstring("\n"));
    }
}

TEST_CASE("a refusal of Grid Engine's has its words, and says what to look at") {
    CHECK_THAT(
        refusal(
            *sge,
            failed(1, "Unable to run job: Job was rejected because job requests unknown queue \"nope\"\nExiting.\n")),
        ContainsSubstring("qconf -sql"));
    CHECK_THAT(
        refusal(*sge, failed(1,
                             "Unable to run job: job rejected: the requested parallel environment \"nope\" does not "
                             "exist\nExiting.\n")),
        ContainsSubstring("qconf -spl"));
}

TEST_CASE("every state of Grid Engine's manual is known, and no other letters end a job") {
    for (const char* word : {"qw", "Rq"}) CHECK(shown(word).state == State::waiting);
    for (const char* word : {"hqw", "hRwq", "Eqw", "Ehqw", "EhRqw"}) CHECK(shown(word).state == State::held);
    for (const char* word : {"r", "hr", "t", "Rr", "Rt", "dr", "dt", "dRr", "dRt"})
        CHECK(shown(word).state == State::running);
    for (const char* word : {"s", "ts", "S", "tS", "T", "tT", "Rs", "Rts", "RS", "RtS", "RT", "RtT", "ds", "dS", "dT",
                             "dRs", "dRS", "dRT"})
        CHECK(shown(word).state == State::suspended);
    for (const char* word : {"z", "", "x", "done", "R", "d"}) {
        CHECK(shown(word).state == State::unknown);
        CHECK(shown(word).word == word);
    }
}

TEST_CASE("qstat's XML tells jobs, tasks, hosts and tokens") {
    CHECK(command_line(sge->list()) == "qstat -u $user -g d -xml");
    const View view =
        shown("r",
              "      <JAT_start_time>2026-11-29T18:24:41</JAT_start_time>\n"
              "      <queue_name>all.q@h1</queue_name>\n      <slots>3</slots>\n      <tasks>4</tasks>\n");
    CHECK(view.id == "7");
    CHECK(view.task == "3");
    CHECK(view.name == "sweep");
    CHECK(view.token == "k7x2m9q4");
    CHECK(view.nodes == "h1");
    CHECK(view.start == "2026-11-29T18:24:41");
    CHECK(shown("qw", "      <queue_name></queue_name>\n      <tasks>5-10:1</tasks>\n").task == "4-9");
    CHECK(shown("qw", "      <queue_name></queue_name>\n").task.empty());
}

TEST_CASE("a qstat that fails says nothing of any job") {
    CHECK_FALSE(sge->views(silent()));
    CHECK_FALSE(sge->views(failed(1, "error: commlib error: got select error (Connection refused)")));
    CHECK_FALSE(sge->views(said("")));
    CHECK_FALSE(sge->views(said("<?xml version='1.0'?>\n<job_info>\n" + job("r"))));  // cut off
    CHECK(sge->views(said(list_of("")))->empty());
}

TEST_CASE("the accounting tells how a job has ended, and how often it ran") {
    CHECK(accounted(record("0    ", "0")).state == State::done);
    const View failed_job = accounted(record("0    ", "7                   "));
    CHECK(failed_job.state == State::failed);
    CHECK(failed_job.status == 7);
    CHECK(failed_job.token == "k7x2m9q4");
    const View killed = accounted(record("100 : assumedly after job", "137                  (Killed)"));
    CHECK(killed.state == State::failed);
    CHECK(killed.status == 137);
    CHECK(killed.reason == "assumedly after job");
    CHECK(accounted(record("100 : assumedly after job", "137") + "deleted_by   ada\n").state == State::cancelled);
    CHECK(accounted(record("37  : qmaster enforced h_rt, h_cpu, or h_vmem limit", "137                  (Killed)"))
              .state == State::timed_out);
    CHECK(accounted(record("26  : opening output file", "0")).state == State::lost);
    CHECK(accounted(record("25  : rescheduling", "99")).state == State::waiting);
    const View again = accounted(record("25  : rescheduling", "99") + record("0    ", "0"));
    CHECK(again.state == State::done);
    CHECK(again.run == 1);
    const View tasks = accounted(record("0    ", "0", "1") + record("0    ", "3", "2"));
    CHECK(tasks.state == State::failed);
    CHECK(tasks.task.empty());
    CHECK_FALSE(sge->view(failed(1, "error: job id 7 not found"), "7"));
    CHECK_FALSE(sge->view(said(record("0", "0")), "8"));
}

TEST_CASE("Grid Engine says why a job waits, and hecaton what it means") {
    CHECK(command_line(sge->why("7")) == "qstat -j 7");
    const std::string described =
        "job_number:                 5\nowner:                      ada\n"
        "scheduling info:            queue instance \"all.q@h1\" dropped because it is full\n"
        "                            cannot run in PE \"orte\" because it only offers 6 slots\n";
    const std::string reason = sge->reason(said(described));
    CHECK(reason ==
          "queue instance \"all.q@h1\" dropped because it is full; cannot run in PE \"orte\" because it only offers 6 "
          "slots");
    CHECK(sge->reason(failed(1, "Following jobs do not exist:\n5\n")).empty());
    for (const std::string words :
         {reason.c_str(), "Job is in hold state", "All queues dropped because of overload or full",
          "job dropped because of job dependencies",
          "queue instance \"a@b\" dropped because it is temporarily not available",
          "queue instance \"a@b\" dropped because it is disabled",
          "queue instance \"a@b\" dropped because it is overloaded: np_load_avg=2.0",
          "error reason    1:          11/29/2026 can't open output file",
          "cannot run because it exceeds limit \"ada/////\" in rule \"max/1\"",
          "(-l h_vmem=900G) cannot run at host \"h1\" because it offers only hc:h_vmem=4G",
          "cannot run in queue \"a\" because it is not contained in its hard queue list (-q)",
          "not suitable: it does not offer gpu"}) {
        INFO(words);
        CHECK_FALSE(sge->explain(View{.reason = words}).empty());
    }
    CHECK(sge->explain(View{.reason = "because"}).empty());
    CHECK_THAT(sge->explain(shown("Eqw")), ContainsSubstring("qmod -cj"));
    CHECK_THAT(sge->explain(shown("hqw")), ContainsSubstring("held"));
    CHECK(sge->explain(shown("qw")).empty());
}

TEST_CASE("Grid Engine's commands name the job and its task; status 99 requeues") {
    CHECK(command_line(sge->cancel("7")) == "qdel 7");
    CHECK(sge->warn("7").empty());
    CHECK(sge->task_id("7", 0) == "7.1");
    CHECK(sge->requeue("7").status == 99);
    CHECK_FALSE(sge->requeue("7").chain);
}

TEST_CASE("hostile answers of Grid Engine do no harm") {
    expect_that_it_survives(*sge, {"48213\n", "2.1-4:1\n", list_of(job("r", "<tasks>99999999999999999999-2</tasks>")),
                                   job("qw"), record("0", "0", "1"), record("25 : x", "99999999999"),
                                   "scheduling info: x\n   y\n", "<JB_name>&amp;&amp;lt;", "</job_info>"});
}
