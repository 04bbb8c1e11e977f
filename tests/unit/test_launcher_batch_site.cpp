// What a real Slurm 22.05 and a real Son of Grid Engine 8.1.9 say of themselves, and answers that are none.
#include "site_support.hpp"

#include <launcher/batch/site/reading.hpp>

using namespace hecaton::launcher::batch;

namespace {

const std::string slurm_config =
    "Configuration data as of 2026-11-29T22:54:24\n"
    "AccountingStorageBackupHost = (null)\n"
    "AccountingStorageTRES   = cpu,mem,energy,node,billing,fs/disk,vmem,pages\n"
    "AccountingStorageType   = accounting_storage/none\n"
    "EnforcePartLimits       = NO\n"
    "JobRequeue              = 1\n"
    "KillWait                = 3 sec\n"
    "MaxArraySize            = 1001\n"
    "MinJobAge               = 600 sec\n"
    "PreemptMode             = OFF\n"
    "PreemptType             = preempt/none\n"
    "RequeueExit             = (null)\n"
    "RequeueExitHold         = (null)\n"
    "SchedulerParameters     = sched_interval=2,bf_interval=2,batch_sched_delay=0\n"
    "SLURM_VERSION           = 22.05.8\n"
    "\n"
    "MPI Plugins Configuration:\n"
    "PMIxTimeout             = 300\n";

const std::string sge_queue =
    "qname                 all.q\n"
    "hostlist              @allhosts\n"
    "qtype                 BATCH INTERACTIVE\n"
    "pe_list               orte \\\n"
    "                      smp,make\n"
    "slots                 4\n"
    "h_rt                  INFINITY\n";

const std::string sge_environments =
    "pe_name            orte\n"
    "slots              999\n"
    "user_lists         NONE\n"
    "allocation_rule    $round_robin\n"
    "control_slaves     TRUE\n"
    "pe_name            smp\n"
    "slots              8\n"
    "allocation_rule    $pe_slots\n"
    "control_slaves     FALSE\n";

const std::string sge_slots =
    "CLUSTER QUEUE                   CQLOAD   USED    RES  AVAIL  TOTAL aoACDS  cdsuE  \n"
    "--------------------------------------------------------------------------------\n"
    "all.q                             3.65      0      0      8      8      0      0 \n";

const std::string sge_hosts =
    "HOSTNAME                ARCH         NCPU NSOC NCOR NTHR  LOAD  MEMTOT  MEMUSE  SWAPTO  SWAPUS\n"
    "----------------------------------------------------------------------------------------------\n"
    "global                  -               -    -    -    -     -       -       -       -       -\n"
    "h1                      lx-amd64        2    1    2    2  7.35   23.5G    2.2G     0.0     0.0\n"
    "h2                      lx-amd64        2    1    2    2  7.35   23.5G    2.1G     0.0     0.0\n"
    "h3                      -               -    -    -    -     -       -       -       -       -\n";

}  // namespace

TEST_CASE("Slurm's partitions, limits and settings") {
    const Site site = site_of("slurm", {slurm_config,
                                        "main*|up|infinite|n/a|1-infinite|3|4|0/3/0/3|1000\n"
                                        "short|up|30:00|10:00|1-2|2|8|0/2/0/2|2000\n"
                                        "short|up|30:00|10:00|1-2|1|16+|0/0/1/1|4000+\n"
                                        "old|drain|1-00:00:00|n/a|1|1|2|0/0/1/1|500\n"});
    CHECK(site.version == "22.05.8");
    REQUIRE(site.queues.size() == 3);
    const Queue& main = site.queues[0];
    CHECK(main.name == "main");
    CHECK(main.usual);
    CHECK(main.open);
    CHECK_FALSE(main.limit);
    CHECK_FALSE(main.given_limit);
    CHECK(main.most_nodes == 0);
    CHECK(main.nodes.count == 3);
    CHECK(main.nodes.down == 0);
    CHECK(main.nodes.cores.least == 4);
    CHECK(main.nodes.memory.most == 1000);
    const Queue& brief = site.queues[1];
    CHECK_FALSE(brief.usual);
    CHECK(brief.limit == 1800);
    CHECK(brief.given_limit == 600);
    CHECK(brief.most_nodes == 2);
    CHECK(brief.nodes.count == 3);
    CHECK(brief.nodes.down == 1);
    CHECK(brief.nodes.cores.least == 8);
    CHECK(brief.nodes.cores.most == 16);
    CHECK(brief.nodes.memory.most == 4000);
    CHECK(site.queues[2].limit == 86'400);
    CHECK(site.queues[2].most_nodes == 1);
    CHECK_FALSE(site.queues[2].open);
    CHECK_THAT(setting(site, "MaxArraySize 1001").text, ContainsSubstring("above 1000 is submitted in parts"));
    CHECK_THAT(setting(site, "MinJobAge 600").text, ContainsSubstring("no accounting"));
    CHECK(setting(site, "KillWait 3 s").mend.empty());
    CHECK(setting(site, "PreemptMode OFF").mend.empty());
    CHECK(has_setting(site, "JobRequeue 1"));
    CHECK(has_setting(site, "EnforcePartLimits NO"));
    CHECK_FALSE(has_setting(site, "RequeueExit"));
}

TEST_CASE("a Slurm that requeues or holds what ends with 75") {
    Site site = site_of("slurm", {"RequeueExit = 1-9,70-80\nRequeueExitHold = 75\n", ""});
    CHECK_FALSE(setting(site, "RequeueExit 1-9,70-80").mend.empty());
    CHECK_THAT(setting(site, "RequeueExitHold 75").mend, ContainsSubstring("scontrol release"));
    site =
        site_of("slurm", {"RequeueExit = 1-9,18\nAccountingStorageType = accounting_storage/slurmdbd\nMinJobAge = 300 "
                          "sec\nPreemptMode = REQUEUE\nJobRequeue = 0\n",
                          ""});
    CHECK_FALSE(has_setting(site, "RequeueExit"));
    CHECK_THAT(setting(site, "MinJobAge 300").text, ContainsSubstring("sacct"));
    CHECK_THAT(setting(site, "PreemptMode REQUEUE").text, ContainsSubstring("--journal"));
    CHECK_THAT(setting(site, "JobRequeue 0").text, ContainsSubstring("--restarts"));
}

TEST_CASE("Grid Engine's queues, parallel environments and hosts") {
    const Site site =
        site_of("sge", {"#global:\n"
                        "reporting_params             accounting=true reporting=false \\\n"
                        "                             flush_time=00:00:01 joblog=false\n"
                        "enforce_project              false\n"
                        "max_aj_tasks                 75000\n"
                        "max_u_jobs                   0\n",
                        "SGE 8.1.9\nusage: qconf [options]\n", sge_queue, sge_environments, sge_slots, sge_hosts});
    CHECK(site.version == "8.1.9");
    REQUIRE(site.queues.size() == 1);
    CHECK(site.queues[0].name == "all.q");
    CHECK(site.queues[0].open);
    CHECK_FALSE(site.queues[0].limit);
    CHECK(site.queues[0].nodes.cores.most == 4);
    CHECK(site.queues[0].environments == Words{"orte", "smp", "make"});
    REQUIRE(site.environments.size() == 2);
    CHECK(site.environments[0].name == "orte");
    CHECK(site.environments[0].slots == 999);
    CHECK(site.environments[0].rule == "$round_robin");
    CHECK(site.environments[0].controls);
    CHECK(site.environments[1].rule == "$pe_slots");
    CHECK_FALSE(site.environments[1].controls);
    CHECK(site.nodes.count == 3);
    CHECK(site.nodes.down == 1);
    CHECK(site.nodes.cores.most == 2);
    CHECK(site.nodes.memory.least == 24'064);
    CHECK(has_setting(site, "max_aj_tasks 75000"));
    CHECK_FALSE(has_setting(site, "max_u_jobs"));
    CHECK_FALSE(has_setting(site, "enforce_project"));
}

TEST_CASE("Grid Engine's queues that are limited, or disabled") {
    const Site site =
        site_of("sge", {"enforce_project true\nmax_u_jobs 50\nmax_aj_tasks 0\n", "GE 6.2u5\n",
                        "qname q\npe_list NONE\nslots 1,[h1=8]\nh_rt 24:00:00,[h1=1:00:00]\nqname r\nh_rt 3600\n", "",
                        "q   -NA-  0  0  0  4  0  4\n", ""});
    REQUIRE(site.queues.size() == 2);
    CHECK(site.version == "6.2u5");
    CHECK_FALSE(site.queues[0].open);
    CHECK(site.queues[0].limit == 86'400);
    CHECK(site.queues[0].environments.empty());
    CHECK(site.queues[1].limit == 3600);
    CHECK(site.queues[1].open);
    CHECK_FALSE(setting(site, "enforce_project").mend.empty());
    CHECK(has_setting(site, "max_u_jobs 50"));
}

TEST_CASE("no answer, or another one, says nothing") {
    for (const std::string& scheduler : scheduler_names()) {
        INFO(scheduler);
        const auto questions = site_questions(scheduler);
        CHECK(questions.empty() == (scheduler == "local"));
        for (const Site& site :
             {site_in(scheduler, {}), site_in(scheduler, std::vector<Answer>(questions.size(), failed(1, "no server"))),
              site_in(scheduler, std::vector<Answer>(questions.size(),
                                                     said("<html><body>Maintenance until 18:00</body></html>\n")))}) {
            CHECK(site.queues.empty());
            CHECK(site.version.empty());
            CHECK(site.nodes.count == 0);
            CHECK(site.environments.empty());
        }
    }
    CHECK(site_questions("nothing").empty());
    CHECK(site_in("nothing", {said("x")}).queues.empty());
}

TEST_CASE("answers in pieces, with other bytes in them, are survived") {
    expect_that_all_survive({slurm_config, "main*|up|infinite|n/a|1-infinite|3|4|0/3/0/3|1000\n", sge_queue,
                             sge_environments, sge_slots, sge_hosts});
}

TEST_CASE("sizes and ranges") {
    using namespace reading;
    CHECK(mebibytes("23.5G") == 24'064);
    CHECK(mebibytes("512mb") == 512);
    CHECK(mebibytes("1tb") == 1'048'576);
    CHECK(mebibytes("1048576kb") == 1024);
    CHECK(mebibytes("100", 'm') == 100);
    for (const char* bad : {"", "-", "x", "1e999", "-5G", "5Q", "5 of 6"}) CHECK_FALSE(mebibytes(bad));
    CHECK(has_number("75", 75));
    CHECK(has_number("1-9, 70-80", 75));
    for (const char* other : {"", "(null)", "7", "175", "76-80", "75-", "-75", "x-y"})
        CHECK_FALSE(has_number(other, 75));
}
