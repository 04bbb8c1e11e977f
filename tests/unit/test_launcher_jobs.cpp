// Batch jobs: from options to a request and a script, and from what is known to a state.
#include <filesystem>
#include <support/catch.hpp>

#include <launcher/base/refusal.hpp>
#include <launcher/batch/view_lines.hpp>
#include <launcher/jobs/ask.hpp>
#include <launcher/jobs/parts.hpp>
#include <launcher/jobs/registry.hpp>
#include <launcher/jobs/request.hpp>
#include <launcher/jobs/script.hpp>
#include <launcher/jobs/submission.hpp>
#include <launcher/jobs/truth.hpp>

using namespace hecaton::launcher;
using namespace hecaton::launcher::jobs;
using batch::State;
using namespace std::chrono_literals;

namespace {

SubmitOptions sweep() {
    SubmitOptions options;
    options.program = "/home/me/my sweep";
    options.args = {"--its", "it's \"$HOME\"\nnew"};
    options.nodes = 2;
    options.ranks_per_node = 64;
    options.time = 4h;
    options.journal = "sweep.db";
    return options;
}

Job job_of(const SubmitOptions& options) {
    Job job;
    job.request = request_of(options, "local", 4);
    job.request.token = "h123";
    job.request.folder = job.folder = "/home/me/sweep.hecaton/h123";
    job.request.working_folder = "/home/me";
    job.scheduler = "local";
    return job;
}

Known known_of(State state) {
    Known known;
    known.title = "Slurm";
    known.job.submitted = 1'000;
    known.view = batch::View{.id = "7", .state = state, .word = "WORD"};
    return known;
}

}  // namespace

TEST_CASE("a request is made of checked values") {
    auto options = sweep();
    auto request = request_of(options, "slurm", 4);
    CHECK(request.name == "my_sweep");
    CHECK(request.nodes == 2);
    CHECK(request.limit == 4h);
    CHECK(request.token.size() > 6);
    CHECK(request.token != request_of(options, "slurm", 4).token);
    options.ranks_per_node = 0;
    options.ranks = 100;
    CHECK(request_of(options, "slurm", 4).ranks_per_node == 50);
    options.nodes = 0;
    CHECK(request_of(options, "slurm", 4).nodes == 1);
    options.ranks_per_node = 32;
    CHECK(request_of(options, "slurm", 4).nodes == 4);
    options.nodes = 2;
    CHECK_THROWS_AS(request_of(options, "slurm", 4), Refusal);
    options = sweep();
    CHECK_THROWS_AS(request_of(options, "local", 4), Refusal);
    options.nodes = options.ranks_per_node = 0;
    CHECK(request_of(options, "local", 4).ranks_per_node == 4);
    CHECK_THROWS_WITH(request_of(options, "slurm", 4), ContainsSubstring("how many ranks"));
    for (const char* bad : {"a b", "x;rm", "$(x)", "-x", "a\nb", "ä"}) {
        CAPTURE(bad);
        options = sweep();
        options.queue = bad;
        CHECK_THROWS_AS(request_of(options, "slurm", 4), Refusal);
        options.queue.clear();
        options.name = bad;
        CHECK_THROWS_AS(request_of(options, "slurm", 4), Refusal);
    }
    options = sweep();
    options.directives = {"--constraint=ib\nrm -rf /"};
    CHECK_THROWS_AS(request_of(options, "slurm", 4), Refusal);
}

TEST_CASE("the script") {
    auto options = sweep();
    options.nodes = 1;
    options.modules = {"gcc/12", "openmpi"};
    Job job = job_of(options);
    const auto scheduler = batch::make_local();
    CHECK(
        script(*scheduler, job, {.launcher = "/opt/hecaton", .run = {"-n", "64", "--", "/home/me/my sweep", "it's"}}) ==
        R"(#!/bin/sh
# The job my_sweep, h123, submitted by hecaton. Its program and arguments are in the file "arguments".
HECATON_DEADLINE=$(($(date +%s) + 14400))
export HECATON_DEADLINE
exec </dev/null >>/home/me/sweep.hecaton/h123/out 2>>/home/me/sweep.hecaton/h123/err
for file in /etc/profile.d/modules.sh /etc/profile.d/lmod.sh "$MODULESHOME/init/sh"; do
  command -v module >/dev/null 2>&1 && break
  [ -r "$file" ] && . "$file"
done
module load gcc/12 || exit 1
module load openmpi || exit 1
cd /home/me || exit 1
exec /opt/hecaton run -n 64 -- '/home/me/my sweep' 'it'\''s'
)");
    job.request.array.ranges = {{0, 9}};
    job.request.limit = 0s;
    job.request.modules.clear();
    job.output = "/data/my out";
    CHECK(script(*scheduler, job, {.launcher = "h", .run = {"true"}}) ==
          R"(#!/bin/sh
# The job my_sweep, h123, submitted by hecaton. Its program and arguments are in the file "arguments".
HECATON_ARRAY_INDEX=${HECATON_ARRAY_INDEX:-$(echo "$HECATON_ARRAY_INDEX")}
export HECATON_ARRAY_INDEX
exec </dev/null >>'/data/my out'."$HECATON_ARRAY_INDEX" 2>>/home/me/sweep.hecaton/h123/err."$HECATON_ARRAY_INDEX"
cd /home/me || exit 1
exec h run true
)");
    auto request = request_of(sweep(), "slurm", 4);
    request.folder = "/f";
    CHECK(run_options(sweep(), request) == std::vector<std::string>{"--job-folder", "/f", "-n", "128",
                                                                    "--ranks-per-node", "64", "--journal", "sweep.db",
                                                                    "--output-dir", "/f/ranks"});
}

TEST_CASE("the variables of an outer job stay behind") {
    const auto left = scrubbed({{"SLURM_JOB_ID", "1"},
                                {"SLURM_CONF", "/etc/slurm.conf"},
                                {"SBATCH_EXPORT", "NONE"},
                                {"PBS_NODEFILE", "x"},
                                {"PBS_SERVER", "host"},
                                {"PMIX_RANK", "0"},
                                {"OMPI_COMM_WORLD_RANK", "0"},
                                {"OMPI_MCA_btl", "self"},
                                {"PE_HOSTFILE", "x"},
                                {"PE_ENV", "GNU"},
                                {"LS_COLORS", "x"},
                                {"HECATON_DEADLINE", "1"},
                                {"HECATON_LABEL", "1"},
                                {"PATH", "/bin"}});
    std::vector<std::string> names;
    for (const auto& [name, value] : left) names.push_back(name);
    CHECK(names == std::vector<std::string>{"HECATON_LABEL", "LS_COLORS", "OMPI_MCA_btl", "PATH", "PBS_SERVER",
                                            "PE_ENV", "SLURM_CONF"});
}

TEST_CASE("job.json comes back as it was written, and what is none is none") {
    auto options = sweep();
    options.nodes = 1;
    Job job = job_of(options);
    job.ids = {"12", "15"};
    job.command = {"/a", "b\n"};
    job.request.after = {"3"};
    job.request.array = {.ranges = {{0, 3}, {7, 9}}, .at_once = 2};
    const auto read = decode_job(encode(job));
    REQUIRE(read);
    CHECK(read->id() == "15");
    CHECK(read->command == job.command);
    CHECK(read->request.limit == 4h);
    CHECK(read->request.array.ranges == job.request.array.ranges);
    CHECK(encode(*read) == encode(job));
    CHECK(tasks_of(*read).size() == 7);
    CHECK(tasks_of(*read)[4].shown() == "15_7");
    for (const char* none : {"", "[]", "{\"ids\": 3}", "{\"request\": {\"limit\": \"x\"}}"}) {
        CAPTURE(none);
        CHECK_FALSE(decode_job(none));
    }
}

TEST_CASE("jobs are found by id, name and task") {
    Job one;
    one.folder = "/a";
    one.scheduler = "slurm";
    one.ids = {"12"};
    one.request.name = "sweep";
    Job two = one;
    two.folder = "/b";
    two.ids = {"13.server"};
    two.scheduler = "pbs";
    two.request.array.ranges = {{0, 3}};
    const std::vector<Job> all{one, two};
    CHECK(find_job(all, "12").folder == "/a");
    CHECK(find_job(all, "13").folder == "/b");
    CHECK(find_job(all, "sweep").folder == "/b");  // the newest
    CHECK(find_jobs(all, "sweep").size() == 2);
    CHECK(find_job(all, "slurm-12").folder == "/a");
    CHECK(find_job(all, "13_2").task == "2");
    CHECK(find_job(all, "13[3]").task == "3");
    CHECK_THROWS_AS(find_job(all, "13_4"), Refusal);
    CHECK_THROWS_AS(find_job(all, "12_1"), Refusal);
    CHECK_THROWS_AS(find_job(all, "1"), Refusal);
}

TEST_CASE("the job's own word counts before the batch system's, and no answer is no end") {
    Known known = known_of(State::running);
    known.record = batch::Record{.begun = 1'000, .ended = 1'100, .status = 3};
    judge(known, 1'200);
    CHECK(known.state == State::failed);  // while the batch system cleans up
    CHECK(known.status == 3);
    known.view->run = 1;  // it runs again
    judge(known, 1'200);
    CHECK(known.state == State::running);

    known = known_of(State::cancelled);
    known.record = batch::Record{.begun = 1'000, .ended = 1'100, .status = 143};
    judge(known, 1'200);
    CHECK(known.state == State::cancelled);
    CHECK(status_of(known) == 143);

    known = known_of(State::failed);  // it knows the status only
    known.record = batch::Record{.begun = 1'000, .ended = 1'100, .status = 143};
    judge(known, 1'200);
    CHECK(known.state == State::failed);
    known.cancelled = true;
    judge(known, 1'200);
    CHECK(known.state == State::cancelled);

    known = known_of(State::waiting);
    known.record = batch::Record{.begun = 1'000, .ended = 1'100, .status = 75, .again = true};
    judge(known, 1'200);
    CHECK(known.state == State::waiting);
    known.view->state = State::failed;  // of the submission that was; the next one has another id
    judge(known, 1'200);
    CHECK(known.state == State::waiting);
    known.record_age = 300;
    judge(known, 1'400);
    CHECK(known.state == State::failed);
    known.record_age = 0;
    known.view->state = State::cancelled;
    judge(known, 1'200);
    CHECK(known.state == State::cancelled);
    known.view.reset();
    known.trouble = "slurmctld does not answer";
    judge(known, 1'200);
    CHECK(known.state == State::waiting);

    known = known_of(State::running);
    known.view.reset();
    known.trouble = "slurmctld does not answer";
    judge(known, 1'200);
    CHECK(known.state == State::unknown);
    CHECK_FALSE(known.ended());
    CHECK(known.says == "Slurm does not answer");
    known.record = batch::Record{.begun = 1'000, .alive = 1'195};
    known.record_age = 5;
    judge(known, 1'200);
    CHECK(known.state == State::running);
    CHECK(known.says == "the job itself, 5 s ago");
    known.record_age = 500;
    judge(known, 1'700);
    CHECK(known.state == State::unknown);

    known.trouble.clear();
    known.forgotten = true;
    judge(known, 1'700);
    CHECK(known.state == State::lost);
    known.record.reset();
    judge(known, 1'030);
    CHECK(known.state == State::waiting);  // submitted half a minute ago
    judge(known, 1'700);
    CHECK(known.state == State::lost);
    CHECK(status_of(known) == 1);

    known = known_of(State::unknown);
    judge(known, 1'200);
    CHECK_FALSE(known.ended());
}

TEST_CASE("a job that its batch system ends from outside may begin again") {
    Known known = known_of(State::running);  // while it is cleaned up; the list does not tell the run
    known.job.request.restarts = 5;
    known.record = batch::Record{.begun = 1'000, .ended = 1'100, .status = 143};
    judge(known, 1'200);
    CHECK(known.state == State::running);
    known.view->state = State::waiting;
    judge(known, 9'000);
    CHECK(known.state == State::waiting);
    CHECK(known.says == "Slurm, now");
    known.view->state = State::cancelled;  // it was no preemption
    judge(known, 1'200);
    CHECK(known.state == State::cancelled);
    CHECK(status_of(known) == 143);

    known.view.reset();
    judge(known, 9'000);
    CHECK_FALSE(known.ended());
    known.forgotten = true;
    judge(known, 9'000);
    CHECK(known.state == State::failed);
    known.forgotten = false;
    known.cancelled = true;
    judge(known, 9'000);
    CHECK(known.state == State::cancelled);

    known = known_of(State::running);
    known.record = batch::Record{.begun = 1'000, .ended = 1'100, .status = 143};
    judge(known, 1'200);
    CHECK(known.state == State::failed);  // without --restarts it does not begin again
    known.record->status = 3;
    known.view->state = State::waiting;  // somebody has requeued it
    judge(known, 1'200);
    CHECK(known.state == State::waiting);
    known.job.task = "2";  // a line for the array as a whole
    judge(known, 1'200);
    CHECK(known.state == State::failed);
}

TEST_CASE("a submission without an answer is found by its token, and is none of the runs before") {
    std::vector<batch::View> views(3);
    views[0].id = "7";
    views[0].token = "h2";
    views[1].id = "8";
    views[1].token = "h1";
    views[2].id = "9";
    views[2].name = "sweep.h1";  // where the batch system shows no comment
    CHECK(submitted_as(views, "h1", {}) == "8");
    CHECK(submitted_as(views, "h1", {"8"}) == "9");
    CHECK_FALSE(submitted_as(views, "h1", {"8", "9"}).has_value());  // the queue still shows both
}

TEST_CASE("views as lines of text") {
    batch::View view{
        .id = "7", .task = "3", .name = "sweep", .token = "h1", .state = State::timed_out, .word = "TIMEOUT"};
    view.status = 143;
    view.elapsed = 90;
    view.out_of_memory = true;
    view.memory = 1ULL << 40;
    const auto read = batch::views_in("noise\n" + batch::view_line(view) + batch::view_line({.id = "8"}));
    REQUIRE(read.size() == 2);
    CHECK(read[0].state == State::timed_out);
    CHECK(read[0].word == "TIMEOUT");
    CHECK(read[0].status == 143);
    CHECK(read[0].task == "3");
    CHECK(read[0].out_of_memory);
    CHECK(read[0].memory == 1ULL << 40);
    CHECK_FALSE(read[1].out_of_memory);
    CHECK_FALSE(read[1].status);
    CHECK(read[1].state == State::unknown);
}
