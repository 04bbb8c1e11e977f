// When a run ends: from options, variables, and what batch systems print.
#include <cstdlib>
#include <string>
#include <support/catch.hpp>

#include <launcher/base/refusal.hpp>
#include <launcher/deadline/allocation_end.hpp>
#include <launcher/deadline/job_end.hpp>

using namespace hecaton::launcher;
using hecaton::detail::launch::Allocation;
using hecaton::detail::launch::MachineFacts;
using hecaton::detail::launch::Moment;
using hecaton::detail::launch::Scheduler;
using hecaton::detail::launch::Variables;
using namespace std::chrono_literals;

namespace {

constexpr Moment now{std::chrono::seconds(1'700'000'000)};

std::optional<std::chrono::seconds> answer(Scheduler scheduler, const char* output) {
    const auto question = end_question({.scheduler = scheduler, .job = "7"});
    REQUIRE(question);
    return question->read(output);
}

RunOptions options(std::chrono::milliseconds time) {
    RunOptions made;
    made.limits.begun = now - 10s;
    made.limits.time = time;
    return made;
}

MachineFacts facts(const Variables& environment) {
    MachineFacts made;
    made.environment = environment;
    return made;
}

}  // namespace

TEST_CASE("what batch systems print about the time left") {
    CHECK(answer(Scheduler::slurm, "1-02:03:04\n") == 24h + 2h + 3min + 4s);
    CHECK(answer(Scheduler::slurm, "   59:30\n") == 59min + 30s);
    CHECK(answer(Scheduler::slurm, "12\n") == 12s);
    for (const char* none : {"UNLIMITED\n", "INVALID\n", "", "NOT_SET", "1-", "-1", "1:2:3:4:5", "99999999999:1"})
        CHECK_FALSE(answer(Scheduler::slurm, none));
    CHECK(answer(Scheduler::lsf, "3:55 L\n") == 3h + 55min);
    CHECK(answer(Scheduler::lsf, "TIME_LEFT\n0:10 E\n") == 10min);
    CHECK_FALSE(answer(Scheduler::lsf, "-\n"));
    CHECK(answer(Scheduler::flux, "3599\n") == 3599s);
    CHECK_FALSE(answer(Scheduler::flux, "4294967295\n"));
    CHECK_FALSE(answer(Scheduler::flux, "0\n"));
    const char* qstat =
        "Job Id: 7.head\n    Job_Name = sweep\n    resources_used.cpupercent = 9\n"
        "    resources_used.walltime = 00:40:01\n    Resource_List.ncpus = 4\n    Resource_List.walltime = 01:00:00\n";
    CHECK(answer(Scheduler::pbs, qstat) == 19min + 59s);
    CHECK(answer(Scheduler::pbs, "    Resource_List.walltime = 01:00:00\n") == 1h);
    CHECK_FALSE(answer(Scheduler::pbs, "    resources_used.walltime = 00:40:01\n"));
    CHECK_FALSE(end_question({.scheduler = Scheduler::sge, .job = "7"}));
    CHECK_FALSE(end_question({}));
}

TEST_CASE("the end that variables of a batch job tell") {
    using hecaton::detail::launch::allocation_end;
    CHECK(allocation_end({{"SLURM_JOB_ID", "7"}, {"SLURM_JOB_END_TIME", "1700003600"}}, now) == now + 1h);
    CHECK(allocation_end({{"COBALT_JOBID", "7"}, {"COBALT_ENDTIME", "1700003600.5"}}, now) == now + 1h + 500ms);
    CHECK_FALSE(allocation_end({{"SLURM_JOB_END_TIME", "1700003600"}}, now));
    CHECK_FALSE(allocation_end({{"SLURM_JOB_ID", "7"}, {"SLURM_JOB_END_TIME", "1699999999"}}, now));  // is over
    for (const char* bad : {"", "x", "17e", "-5", "nan", "inf", "1e30", " 1700003600"})
        CHECK_FALSE(allocation_end({{"SLURM_JOB_ID", "7"}, {"SLURM_JOB_END_TIME", bad}}, now));
}

TEST_CASE("the earliest end counts") {
    const Variables slurm{{"SLURM_JOB_ID", "7"}, {"SLURM_JOB_END_TIME", "1700003600"}};
    CHECK(job_end(options(TimeLimits::not_given), facts({}), now).by == JobEnd::By::nothing);

    const JobEnd by_time = job_end(options(55min), facts(slurm), now);
    CHECK(by_time.by == JobEnd::By::time);
    CHECK(by_time.at == now - 10s + 55min);
    CHECK(by_time.ours());
    CHECK(what_ends(by_time) == "the 55m of --time");

    const JobEnd by_slurm = job_end(options(2h), facts(slurm), now);
    CHECK(by_slurm.by == JobEnd::By::allocation);
    CHECK(by_slurm.at == now + 1h);
    CHECK_FALSE(by_slurm.ours());
    CHECK(job_end(options(TimeLimits::not_given), facts(slurm), now).at == now + 1h);

    CHECK_FALSE(job_end(options(0ms), facts(slurm), now).at);

    RunOptions rehearsal = options(5s);
    rehearsal.limits.rehearsal = 2h;
    const JobEnd rehearsed = job_end(rehearsal, facts(slurm), now);
    CHECK(rehearsed.by == JobEnd::By::rehearsal);
    CHECK(rehearsed.at == now - 10s + 2h);

    Variables outer = slurm;
    outer["HECATON_DEADLINE"] = "1700000060.25";
    CHECK(job_end(options(2h), facts(outer), now).by == JobEnd::By::outside);
    outer["HECATON_DEADLINE"] = "none";
    CHECK(job_end(options(2h), facts(outer), now).by == JobEnd::By::allocation);
    outer["HECATON_DEADLINE"] = "soon";
    CHECK_THROWS_AS(job_end(options(2h), facts(outer), now), Refusal);
}

TEST_CASE("what the ranks are told") {
    RunOptions run = options(TimeLimits::not_given);
    CHECK(deadline_text(run).empty());
    run.end.at = now + 250ms;
    CHECK(deadline_text(run) == "1700000000.250");
    run.dry_run = true;
    CHECK(deadline_text(run).empty());
    CHECK(deadline_text(options(0ms)) == "none");
    for (const auto& [span, text] :
         {std::pair{0ms, "0s"}, std::pair<std::chrono::milliseconds, const char*>{90min, "1h30m"},
          std::pair<std::chrono::milliseconds, const char*>{1'500ms, "1.5s"},
          std::pair<std::chrono::milliseconds, const char*>{3'661s, "1h1m1s"}})
        CHECK(span_text(span) == text);
}
