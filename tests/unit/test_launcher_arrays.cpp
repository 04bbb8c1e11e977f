// Arrays that a batch system or a site does not take as they are: into which parts they are divided, what each is asked
// for, and how a task is found again.
#include <launcher/base/refusal.hpp>
#include <launcher/jobs/parts.hpp>
#include <launcher/jobs/registry.hpp>
#include <launcher/jobs/script.hpp>

#include "batch_support.hpp"

using namespace hecaton::launcher;
using namespace hecaton::launcher::jobs;
using Ranges = std::vector<std::pair<int, int>>;
using Limit = batch::Scheduler::ArrayLimit;

namespace {

Job array_of(const std::string& scheduler, const Ranges& ranges, int at_once, const Limit& limit) {
    Job job;
    job.scheduler = scheduler;
    job.request = batch::small_request();
    job.folder = job.request.folder;
    job.request.array = {.ranges = ranges, .at_once = at_once};
    job.parts = divide(job.request, batch::make_scheduler(scheduler)->takes_array(job.request), limit).parts;
    for (std::size_t i = 0; i < job.parts.size(); ++i) {
        job.parts[i].token = "token" + std::to_string(i + 1);
        job.parts[i].ids = {std::to_string(12 + i)};
    }
    return job;
}

std::vector<Ranges> divided(const Job& job) {
    std::vector<Ranges> all;
    for (const auto& part : job.parts) all.push_back(part.tasks);
    return all;
}

Limit limit_of(const std::string& scheduler, const std::string& text) {
    return batch::make_scheduler(scheduler)->array_limit(batch::said(text));
}

std::string why(const std::string& scheduler, const Ranges& ranges, const Limit& limit) {
    auto request = batch::small_request();
    request.array.ranges = ranges;
    return divide(request, batch::make_scheduler(scheduler)->takes_array(request), limit).why;
}

}  // namespace

TEST_CASE("an array that may be as it is, is") {
    CHECK(array_of("slurm", {{0, 3}, {7, 1000}}, 0, {.last_index = 1000}).parts.empty());
    CHECK(array_of("slurm", {{0, 999'999}}, 0, {}).parts.empty());  // the site has not said its limit
    CHECK(array_of("slurm", {{3, 3}}, 0, {.last_index = 3}).parts.empty());
    CHECK(array_of("pbs", {{5, 10'004}}, 0, {.tasks = 10'000}).parts.empty());
    CHECK(array_of("sge", {{0, 9}}, 0, {}).parts.empty());
    CHECK(array_of("torque", {{0, 3}, {7, 9}}, 0, {}).parts.empty());
    CHECK(array_of("local", {{0, 3}, {7, 9}}, 0, {}).parts.empty());
    CHECK(array_of("flux", {}, 0, {}).parts.empty());
}

TEST_CASE("an array is divided into parts of about the same size") {
    CHECK(divided(array_of("slurm", {{0, 2999}}, 0, {.last_index = 1000})) ==
          std::vector<Ranges>{{{0, 999}}, {{1000, 1999}}, {{2000, 2999}}});
    CHECK(divided(array_of("slurm", {{5000, 5002}}, 0, {.last_index = 1000})) == std::vector<Ranges>{{{5000, 5002}}});
    CHECK(divided(array_of("slurm", {{0, 3}, {7, 7}, {9, 13}}, 0, {.tasks = 4})) ==
          std::vector<Ranges>{{{0, 3}}, {{7, 7}, {9, 10}}, {{11, 13}}});
    CHECK(divided(array_of("pbs", {{0, 3}, {7, 9}}, 0, {})) == std::vector<Ranges>{{{0, 3}, {7, 9}}});
    CHECK(divided(array_of("pbs", {{3, 3}}, 0, {})) == std::vector<Ranges>{{{3, 3}}});
    CHECK(divided(array_of("sge", {{1, 1}, {3, 3}}, 0, {})) == std::vector<Ranges>{{{1, 1}, {3, 3}}});
    CHECK(divided(array_of("flux", {{1, 2}, {4, 4}}, 0, {})) == std::vector<Ranges>{{{1, 1}}, {{2, 2}}, {{4, 4}}});
    Ranges long_list;
    for (int i = 0; i < 100; ++i) long_list.emplace_back(2 * i, 2 * i);
    CHECK(divided(array_of("lsf", long_list, 0, {})) == std::vector<Ranges>{long_list});
    CHECK_THROWS_WITH(array_of("flux", {{0, 5000}}, 0, {}),
                      ContainsSubstring("Flux has no arrays, so that it would be 5001 submissions"));
}

TEST_CASE("why an array is divided") {
    CHECK(why("slurm", {{0, 1200}}, {.last_index = 1000}) == "the site allows indices up to 1000");
    CHECK(why("pbs", {{0, 10'000}}, {.tasks = 10'000}) == "the site allows 10000 tasks");
    CHECK(why("pbs", {{0, 1}, {3, 4}}, {.tasks = 3}) == "the site allows 3 tasks");
    CHECK(why("pbs", {{0, 1}, {3, 4}}, {}) == "PBS has no arrays with gaps");
    CHECK(why("pbs", {{4, 4}}, {}) == "PBS has no arrays of one task");
    CHECK(why("sge", {{0, 1}, {3, 4}}, {}) == "Grid Engine has no arrays with gaps");
}

TEST_CASE("tokens of parts have nothing in common") {
    auto request = batch::small_request();
    request.array.ranges = {{0, 9}};
    const auto parts = divide(request, {}, {.tasks = 4}).parts;
    REQUIRE(parts.size() == 3);
    CHECK(parts[0].token == request.token);
    CHECK(parts[1].token != parts[2].token);
    CHECK(parts[1].token.find(request.token) == std::string::npos);
    CHECK(parts[0].script == "script.1.sh");
}

TEST_CASE("a bound for all tasks is shared by the parts") {
    const auto at_once = [](const Job& job) {
        std::vector<std::string> all;
        for (std::size_t i = 0; i < job.parts.size(); ++i) {
            const auto request = request_of_part(job, i);
            all.push_back(std::to_string(request.array.at_once) + (request.after.empty() ? "" : " after ") +
                          (request.after.empty() ? "" : request.after.back()));
        }
        return all;
    };
    using All = std::vector<std::string>;
    CHECK(at_once(array_of("slurm", {{0, 2999}}, 7, {.last_index = 1000})) == All{"3", "2", "2"});
    CHECK(at_once(array_of("slurm", {{0, 2999}}, 3, {.last_index = 1000})) == All{"1", "1", "1"});
    CHECK(at_once(array_of("slurm", {{0, 2999}}, 2, {.last_index = 1000})) == All{"1", "1", "1 after 12"});
    CHECK(at_once(array_of("slurm", {{0, 2999}}, 1, {.last_index = 1000})) == All{"1", "1 after 12", "1 after 13"});
    CHECK(at_once(array_of("slurm", {{0, 2999}}, 0, {.last_index = 1000})) == All{"0", "0", "0"});
    CHECK(at_once(array_of("pbs", {{0, 3}, {7, 9}}, 4, {})) == All{"4"});
    CHECK(at_once(array_of("flux", {{0, 4}}, 2, {})) == All{"1", "1", "1 after 12", "1 after 13", "1 after 14"});
}

TEST_CASE("a part is asked for, and its script finds the task's own number") {
    const auto slurm = batch::make_slurm();
    const Job job = array_of("slurm", {{0, 5}, {20, 20}}, 3, {.last_index = 3});
    REQUIRE(job.parts.size() == 2);
    CHECK(indices(job.parts[1]) == "4\n5\n20\n");
    CHECK(script(*slurm, job, {.launcher = "h", .run = {"true"}}, 1) ==
          R"(#!/bin/sh
#SBATCH --job-name=sweep.token2
#SBATCH --comment=token2
#SBATCH --nodes=1
#SBATCH --ntasks-per-node=1
#SBATCH --array=0-2%1
#SBATCH --signal=B:USR2@60
#SBATCH --no-requeue
#SBATCH --open-mode=append
#SBATCH --output="/home/ada/sweep.hecaton/k7x2m9q4/batch.out"
# The job sweep, token2, submitted by hecaton. Its program and arguments are in the file "arguments".
# The batch system counts these tasks from 0; the file has a line for each of them.
task=$(echo "${SLURM_ARRAY_TASK_ID-}")
HECATON_ARRAY_INDEX=${HECATON_ARRAY_INDEX:-$(sed -n "$((${task:?} + 1))p" /home/ada/sweep.hecaton/k7x2m9q4/indices.2)}
export HECATON_ARRAY_INDEX
[ -n "$HECATON_ARRAY_INDEX" ] || exit 1
exec </dev/null >>/home/ada/sweep.hecaton/k7x2m9q4/out."$HECATON_ARRAY_INDEX" 2>>/home/ada/sweep.hecaton/k7x2m9q4/err."$HECATON_ARRAY_INDEX"
cd /home/ada || exit 1
exec h run true
)");
    const Job alone = array_of("flux", {{4, 5}}, 0, {});
    CHECK_THAT(script(*batch::make_flux(), alone, {.launcher = "h", .run = {"true"}}, 1),
               ContainsSubstring("\nHECATON_ARRAY_INDEX=5\nexport HECATON_ARRAY_INDEX\n"));
}

TEST_CASE("a task that runs again by itself") {
    Job job = array_of("pbs", {{0, 5}}, 3, {});
    job.request.after = {"7.head"};
    const Part again{.token = "token9", .tasks = {{3, 3}}, .script = "again.3.sh"};
    CHECK(script_again(*batch::make_pbs(), job, again, "script.sh") ==
          R"(#!/bin/sh
#PBS -N sweep.token9
#PBS -v HECATON_TOKEN=token9
#PBS -S /bin/sh
#PBS -l select=1:ncpus=1:mpiprocs=1
#PBS -l place=scatter
#PBS -m n
#PBS -r n
#PBS -j oe
#PBS -o "/home/ada/sweep.hecaton/k7x2m9q4/batch.out"
# Task 3 of the job sweep, k7x2m9q4, which runs again by itself, as in the array.
HECATON_ARRAY_INDEX=3
export HECATON_ARRAY_INDEX
. /home/ada/sweep.hecaton/k7x2m9q4/script.sh
)");
}

TEST_CASE("what the batch system calls a task, and the ids of a job") {
    const auto slurm = batch::make_slurm();
    Job job = array_of("slurm", {{0, 5}, {20, 20}}, 0, {.last_index = 3});
    const auto name = [&](const std::string& task) {
        job.task = task;
        return called(*slurm, job);
    };
    CHECK(name("0") == "12_0");
    CHECK(name("3") == "12_3");
    CHECK(name("4") == "13_0");
    CHECK(name("20") == "13_2");
    CHECK(job.shown() == "12_20");
    job.again = {{.token = "token9", .ids = {"15", "17"}, .tasks = {{4, 4}}, .script = "again.4.sh"}};
    CHECK(name("4") == "17");
    job.task.clear();
    CHECK(present_ids(job) == std::vector<std::string>{"12", "13", "17"});
    CHECK(job.all_ids() == std::vector<std::string>{"12", "13", "15", "17"});
    CHECK(tasks_of(job).size() == 7);
    CHECK(find_job({job}, "13").task.empty());
    CHECK(find_job({job}, "17").task == "4");
    CHECK(find_job({job}, "token2").task.empty());
    CHECK(find_job({job}, "13_20").task == "20");
    CHECK_THROWS_AS(find_job({job}, "12_6"), Refusal);

    Job plain;
    plain.ids = {"12"};
    CHECK(called(*slurm, plain) == "12");
    plain.request.array.ranges = {{0, 3}};
    plain.task = "2";
    CHECK(called(*slurm, plain) == "12_2");
    CHECK(present_ids(plain) == std::vector<std::string>{"12"});
}

TEST_CASE("parts come back from job.json, and files of before have none") {
    const Job job = array_of("slurm", {{0, 5}, {20, 20}}, 2, {.last_index = 3});
    const auto read = decode_job(encode(job));
    REQUIRE(read);
    CHECK(read->id() == "12");
    CHECK(encode(*read) == encode(job));
    CHECK(read->parts.size() == 2);
    const auto before = decode_job(R"({"ids": ["7"], "request": {"array": [[0, 3]]}})");
    REQUIRE(before);
    CHECK(before->parts.empty());
    CHECK(before->id() == "7");
    for (const char* none : {R"({"parts": 3})", R"({"parts": [3]})", R"({"parts": [{"tasks": 3}]})"}) {
        CAPTURE(none);
        CHECK_FALSE(decode_job(none));
    }
}

TEST_CASE("the limits that sites say") {
    const auto slurm =
        limit_of("slurm",
                 "Configuration data\nMaxArraySize            = 1001\nMaxDBDMsgs = 3\nSchedulerParameters     = "
                 "bf_max=5,max_array_tasks=500\n");
    CHECK(slurm.last_index == 1000);
    CHECK(slurm.tasks == 500);
    CHECK_FALSE(limit_of("slurm", "MaxArraySize = 0\nSchedulerParameters = (null)\n").last_index);
    CHECK(limit_of("pbs", "Server: head\n    server_state = Active\n    max_array_size = 10000\n").tasks == 10'000);
    CHECK_FALSE(limit_of("pbs", "Server: head\n    server_state = Active\n").tasks);
    CHECK(limit_of("torque", "Server: head\n    max_job_array_size = 512\n").tasks == 512);
    CHECK(limit_of("sge", "#global:\nmax_aj_instances             2000\nmax_aj_tasks                 75000\n").tasks ==
          75'000);
    CHECK_FALSE(limit_of("sge", "max_aj_tasks 0\n").tasks);
    const auto lsf = limit_of("lsf", "Some text\n    MAX_JOB_ARRAY_SIZE = 1000\n");
    CHECK(lsf.tasks == 1000);
    CHECK(lsf.last_index == 999);
    for (const char* name : {"slurm", "pbs", "torque", "sge", "lsf", "flux", "local"}) {
        CAPTURE(name);
        const auto scheduler = batch::make_scheduler(name);
        for (const auto& answer :
             {batch::silent(), batch::failed(1, "Connection refused", "MaxArraySize = 5\nmax_array_size = 5\n"),
              batch::said(""), batch::said("MaxArraySize = x\nmax_array_size\nmax_aj_tasks 99999999999\n")}) {
            CHECK_FALSE(scheduler->array_limit(answer).tasks);
            CHECK_FALSE(scheduler->array_limit(answer).last_index);
        }
    }
}
