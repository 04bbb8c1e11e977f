// The words of PBS Pro, OpenPBS and Torque: scripts, answers, states and comments.
#include "batch_support.hpp"

using namespace hecaton::launcher::batch;

namespace {

const auto pbs = make_scheduler("pbs");
const auto torque = make_scheduler("torque");

std::vector<View> listed(const Scheduler& scheduler, const std::string& text) {
    const auto views = scheduler.views(said(text));
    REQUIRE(views.has_value());
    return *views;
}

State state_of(const Scheduler& scheduler, const std::string& letter, const std::string& more = "") {
    return listed(scheduler, "Job Id: 7.head\n    job_state = " + letter + "\n" + more).at(0).state;
}

const std::string running =
    "Job Id: 123.head\n"
    "    Job_Name = sweep.k7x2m9q4\n"
    "    Job_Owner = ada@login\n"
    "    resources_used.walltime = 01:12:00\n"
    "    job_state = R\n"
    "    exec_host = n1/0*64+n2/0*64\n"
    "    Resource_List.walltime = 04:00:00\n"
    "    stime = Sun Nov 29 12:04:00 2026\n"
    "    Variable_List = PBS_O_HOME=/home/ada,PBS_O_PATH=/usr/bin:/bin,HECATON_TOKEN=k\n"
    "\t7x2m9q4,PBS_O_QUEUE=workq\n"
    "    comment = Job run at Sun Nov 29 at 12:04 on (n1:ncpus=64)+(n2:ncpus=64)\n"
    "    run_count = 2\n"
    "\n";

}  // namespace

TEST_CASE("a small request is a short script for PBS") {
    CHECK(script(pbs->directives(small_request())) ==
          "#PBS -N sweep.k7x2m9q4\n"
          "#PBS -v HECATON_TOKEN=k7x2m9q4\n"
          "#PBS -S /bin/sh\n"
          "#PBS -l select=1:ncpus=1:mpiprocs=1\n"
          "#PBS -l place=scatter\n"
          "#PBS -m n\n"
          "#PBS -r n\n"
          "#PBS -j oe\n"
          "#PBS -o \"/home/ada/sweep.hecaton/k7x2m9q4/batch.out\"\n");
}

TEST_CASE("a large request names all for PBS") {
    Request request = large_request();
    request.qos.clear();
    request.after = {"41.head", "42[].head"};
    CHECK(command_line(pbs->submit(request, "/f/script.sh")) ==
          "qsub -W depend=afterany:41.head:42[].head /f/script.sh");
    request.directives = {"-l software=abaqus"};
    CHECK(script(pbs->directives(request)) ==
          "#PBS -N sweep.k7x2m9q4\n"
          "#PBS -v HECATON_TOKEN=k7x2m9q4\n"
          "#PBS -S /bin/sh\n"
          "#PBS -l select=2:ncpus=64:mpiprocs=64:mem=4000mb:ngpus=64\n"
          "#PBS -l place=scatter:excl\n"
          "#PBS -J 0-9%4\n"
          "#PBS -l walltime=26:30:05\n"
          "#PBS -q normal\n"
          "#PBS -A ab-123\n"
          "#PBS -m ae\n"
          "#PBS -M ada@example.org\n"
          "#PBS -r y\n"
          "#PBS -j oe\n"
          "#PBS -o \"/home/ada/sweep.hecaton/k7x2m9q4/batch.out\"\n"
          "#PBS -l software=abaqus\n");
}

TEST_CASE("PBS refuses what it does not have, in words") {
    Request request = small_request();
    request.qos = "long";
    CHECK_THAT(refused_directives(*pbs, request), ContainsSubstring("PBS has no QoS"));
    request = small_request();
    request.array.ranges = {{0, 3}, {7, 9}};
    CHECK_THAT(refused_directives(*pbs, request), ContainsSubstring("array with gaps"));
    request.array.ranges = {{3, 3}};
    CHECK_THAT(refused_directives(*pbs, request), ContainsSubstring("array of one task"));
    request = small_request();
    request.folder = "/home/ada/a:b";
    CHECK_THAT(refused_directives(*pbs, request), ContainsSubstring("/home/ada/a:b"));
}

TEST_CASE("a small and a large request are scripts for Torque, whose names have 15 letters") {
    Request request = small_request();
    request.name = "parameter-sweep";
    CHECK(script(torque->directives(request)) ==
          "#PBS -N parame.k7x2m9q4\n"
          "#PBS -v HECATON_TOKEN=k7x2m9q4\n"
          "#PBS -S /bin/sh\n"
          "#PBS -l nodes=1:ppn=1\n"
          "#PBS -m n\n"
          "#PBS -r n\n"
          "#PBS -j oe\n"
          "#PBS -o \"/home/ada/sweep.hecaton/k7x2m9q4/batch.out\"\n");
    request = large_request();
    request.after = {"41.head", "42[].head"};
    CHECK(command_line(torque->submit(request, "/f/script.sh")) ==
          "qsub -W depend=afterany:41.head,afteranyarray:42[].head /f/script.sh");
    request.array.ranges = {{0, 3}, {7, 7}};
    CHECK(script(torque->directives(request)) ==
          "#PBS -N sweep.k7x2m9q4\n"
          "#PBS -v HECATON_TOKEN=k7x2m9q4\n"
          "#PBS -S /bin/sh\n"
          "#PBS -l nodes=2:ppn=64:gpus=64\n"
          "#PBS -l mem=8000mb\n"
          "#PBS -l naccesspolicy=singlejob\n"
          "#PBS -l qos=long\n"
          "#PBS -t 0-3,7%4\n"
          "#PBS -l walltime=26:30:05\n"
          "#PBS -q normal\n"
          "#PBS -A ab-123\n"
          "#PBS -m ae\n"
          "#PBS -M ada@example.org\n"
          "#PBS -r y\n"
          "#PBS -j oe\n"
          "#PBS -o \"/home/ada/sweep.hecaton/k7x2m9q4/batch.out\"\n");
}

TEST_CASE("no value of a request can end a PBS directive") {
    expect_that_it_takes_no_hostile_values(*pbs);
    expect_that_it_takes_no_hostile_values(*torque);
}

TEST_CASE("qsub's id is found between a site's messages") {
    CHECK(command_line(pbs->submit(small_request(), "/f/script.sh")) == "qsub /f/script.sh");
    CHECK(pbs->id(said("123.head.example.org\n")) == "123.head.example.org");
    CHECK(pbs->id(said("123[].head\n")) == "123[].head");
    CHECK(pbs->id(said("Your quota:\n  90\n\n123.head\r\nBye\n")) == "123.head");
    CHECK(torque->id(said("123\n")) == "123");
    CHECK(pbs->id(said("3.5\n123.head\n")) == std::nullopt);  // two, so none
    expect_that_these_say_nothing(
        *pbs, {said("123.head\n124.head\n"), said(""), said("submitted 123.head\n"), said("12a.head\n"),
               said("123[.head\n"), silent(), failed(255, "qsub: Connection timed out"), failed(143, "motd"),
               failed(2, "qsub: End of File"), failed(1, "")});
}

TEST_CASE("where the server does not run, nothing was submitted, and one line says so") {
    const std::string told =
        refusal(*pbs, failed(1, "Connection refused\nqsub: cannot connect to server head (errno=111)"));
    CHECK_THAT(told, ContainsSubstring("cannot connect to server head") && ContainsSubstring("nothing was submitted") &&
                         ContainsSubstring("--scheduler local") && !ContainsSubstring("\n"));
}

TEST_CASE("a refusal of qsub's has its words, whatever its status") {
    CHECK_THAT(refusal(*pbs, failed(170, "qsub: Unknown queue\n")), ContainsSubstring("qstat -q"));
    CHECK_THAT(refusal(*pbs, failed(188, "qsub: Job violates queue and/or server resource limits\n")),
               ContainsSubstring("ask for less"));
    CHECK_THAT(refusal(*torque, failed(1, "qsub: submit error (Unknown queue MSG=cannot locate queue)\n")),
               ContainsSubstring("cannot locate queue"));
}

TEST_CASE("every state of PBS's manual is known, and no other letter ends a job") {
    for (const char* letter : {"Q", "T", "W", "M"}) CHECK(state_of(*pbs, letter) == State::waiting);
    for (const char* letter : {"R", "E", "B"}) CHECK(state_of(*pbs, letter) == State::running);
    for (const char* letter : {"S", "U"}) CHECK(state_of(*pbs, letter) == State::suspended);
    CHECK(state_of(*pbs, "H") == State::held);
    CHECK(state_of(*pbs, "H", "    depend = afterany:6.head@head\n    Hold_Types = s\n") == State::waiting);
    CHECK(state_of(*pbs, "H", "    depend = afterany:6.head@head\n    Hold_Types = us\n") == State::held);
    for (const std::string letter : {"F", "X"}) {
        CHECK(state_of(*pbs, letter) == State::cancelled);
        CHECK(state_of(*pbs, letter, "    Exit_status = 0\n") == State::done);
        CHECK(state_of(*pbs, letter, "    Exit_status = 75\n") == State::failed);
        CHECK(state_of(*pbs, letter, "    Exit_status = 271\n") == State::failed);
        CHECK(state_of(*pbs, letter, "    Exit_status = -29\n") == State::timed_out);
        CHECK(state_of(*pbs, letter, "    Exit_status = -27\n") == State::failed);
        CHECK(state_of(*pbs, letter, "    Exit_status = -1\n") == State::lost);
    }
    for (const char* letter : {"", "Z", "q", "RR"}) {
        const auto views = pbs->views(said("Job Id: 7.head\n    job_state = " + std::string(letter) + "\n"));
        REQUIRE(views.has_value());
        CHECK(views->at(0).state == State::unknown);
        CHECK(views->at(0).word == letter);
    }
}

TEST_CASE("every state of Torque's manual is known, and no other letter ends a job") {
    for (const char* letter : {"Q", "T", "W"}) CHECK(state_of(*torque, letter) == State::waiting);
    for (const char* letter : {"R", "E"}) CHECK(state_of(*torque, letter) == State::running);
    CHECK(state_of(*torque, "S") == State::suspended);
    CHECK(state_of(*torque, "H") == State::held);
    CHECK(state_of(*torque, "C") == State::cancelled);
    CHECK(state_of(*torque, "C", "    exit_status = 0\n") == State::done);
    CHECK(state_of(*torque, "C", "    exit_status = 3\n") == State::failed);
    CHECK(state_of(*torque, "C", "    exit_status = -11\n") == State::timed_out);
    CHECK(state_of(*torque, "C", "    exit_status = -10\n") == State::failed);
    CHECK(state_of(*torque, "C", "    exit_status = -3\n") == State::lost);
    for (const char* letter : {"F", "B", "X", "Y"}) CHECK(state_of(*torque, letter) == State::unknown);
}

TEST_CASE("qstat's full text tells jobs, times, nodes and tokens, also where it breaks its lines") {
    const auto views =
        listed(*pbs, running +
                         "Job Id: 124[].head\n    Job_Name = a\n    job_state = B\n\n"
                         "Job Id: 124[0].head\n    Job_Name = a\n    job_state = X\n    Exit_status = 0\n\n"
                         "Job Id: 124[1].head\n    Job_Name = a\n    job_state = R\n\n"
                         "Job Id: 125.head\n    job_state = Q\n    comment = Not Running: Queue not started.\n");
    REQUIRE(views.size() == 4);  // the array by its tasks
    CHECK(views[0].id == "123.head");
    CHECK(views[0].name == "sweep");
    CHECK(views[0].token == "k7x2m9q4");
    CHECK(views[0].nodes == "n1,n2");
    CHECK(views[0].elapsed == 4320);
    CHECK(views[0].left == 10'080);
    CHECK(views[0].run == 1);
    CHECK(views[0].start == "Sun Nov 29 12:04:00 2026");
    CHECK(views[1].id == "124[].head");
    CHECK(views[1].task == "0");
    CHECK(views[1].state == State::done);
    CHECK(views[2].task == "1");
    CHECK_THAT(pbs->explain(views[3]), ContainsSubstring("starts no jobs at present"));
    CHECK(listed(*torque, "Job Id: 5.moab\n    job_state = R\n    exec_host = n003/0-1\n    start_count = 1\n")[0]
              .nodes == "n003");
}

TEST_CASE("a qstat that fails says nothing of any job, but one that misses a job does of the others") {
    for (const Scheduler* scheduler : {pbs.get(), torque.get()}) {
        CHECK_FALSE(scheduler->views(silent()));
        CHECK_FALSE(
            scheduler->views(failed(1, "Connection refused\nqselect: cannot connect to server head (errno=15010)")));
        CHECK_FALSE(scheduler->views(failed(255, "pbs_iff: cannot read reply from pbs_server", running)));
        CHECK_FALSE(scheduler->views(said("Service is down for maintenance\n")));
        CHECK(scheduler->views(said(""))->empty());
        CHECK(scheduler->views(failed(153, "qstat: Unknown Job Id 9.head\n", running))->size() == 1);
        CHECK(
            scheduler
                ->views(failed(
                    35, "qstat: 9.head Job has finished, use -x or -H to obtain historical job information\n", running))
                ->size() == 1);
    }
}

TEST_CASE("one job that has ended is asked for in PBS's history") {
    CHECK(command_line(pbs->one("7.head")) == "qstat -x -f 7.head");
    CHECK(command_line(torque->one("7.head")) == "qstat -f 7.head");
    const auto view = pbs->view(said("Job Id: 7.head\n    job_state = F\n    Exit_status = 265\n"), "7.head");
    REQUIRE(view.has_value());
    CHECK(view->status == 137);
    const auto large = pbs->view(said("Job Id: 7.head\n    job_state = F\n    Exit_status = -27\n"
                                      "    resources_used.mem = 2048kb\n"),
                                 "7.head");
    REQUIRE(large.has_value());
    CHECK(large->out_of_memory);
    CHECK(large->memory == 2 << 20);
    CHECK_FALSE(pbs->view(said("Job Id: 7.head\n    job_state = F\n    Exit_status = 1\n"), "7.head")->out_of_memory);
    CHECK_FALSE(pbs->view(failed(153, "qstat: PBS is not configured to maintain job history"), "7.head"));
    CHECK_FALSE(pbs->view(said("Job Id: 8.head\n    job_state = F\n"), "7.head"));
}

TEST_CASE("PBS's comments are explained") {
    for (const char* comment :
         {"Not Running: Insufficient amount of resource: ncpus (R: 64 A: 0 T: 64)",
          "Not Running: User has reached server running job limit.", "Not Running: Queue not started.",
          "Not Running: No available resources on nodes", "Can Never Run: Not enough total nodes available",
          "Not Running: Job would conflict with reservation or top job", "Not Running: Not enough free nodes available",
          "job held, too many failed attempts to run", "Job held by ada on Sun Nov 29 12:00:00 2026",
          "Not Running: Node is in an ineligible state: down",
          "Not Running: Draining system to allow starving job to run",
          "Not Running: Insufficient amount of queue resource: ncpus",
          "Not Running: Insufficient amount of server resource: ncpus", "Not Running: Job would exceed project limit",
          "dependency afterany:6.head", "Not Running: Not an execution queue",
          "Not Running: Job is requesting an exclusive node and would cross dedicated time boundary",
          "Not Running: Queue jobs in this queue run in primetime only"}) {
        INFO(comment);
        CHECK_FALSE(pbs->explain(View{.reason = comment}).empty());
    }
    CHECK(pbs->explain(View{.reason = "because"}).empty());
    CHECK(pbs->explain(View{}).empty());
}

TEST_CASE("PBS's commands name the job and its task, and go on with a job after it") {
    CHECK(command_line(pbs->cancel("7.head")) == "qdel 7.head");
    CHECK(command_line(pbs->warn("7.head")) == "qsig -s SIGUSR2 7.head");
    CHECK(pbs->task_id("7[].head", 3) == "7[3].head");
    CHECK(pbs->requeue("7.head").chain);
    CHECK(pbs->requeue("7.head").command.empty());
    CHECK(pbs->only_here() != torque->only_here());
}

TEST_CASE("hostile answers of PBS do no harm") {
    for (const Scheduler* scheduler : {pbs.get(), torque.get()})
        expect_that_it_survives(
            *scheduler, {running, "123[].head\n", "Job Id: 124[1].head\n    job_state = F\n    Exit_status = -29\n",
                         "    Exit_status = 99999999999\n    run_count = 99999999999\n", "\t\t\n", "Job Id: \n"});
}
