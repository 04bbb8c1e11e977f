// What PBS, Torque, LSF and Flux say of themselves, as their manuals have it.
#include "site_support.hpp"

using namespace hecaton::launcher::batch;

namespace {

const std::string pbs_server =
    "Server: head\n"
    "    server_state = Active\n"
    "    scheduling = True\n"
    "    default_queue = workq\n"
    "    max_array_size = 10000\n"
    "    job_history_enable = True\n"
    "    job_history_duration = 24:00:00\n"
    "    pbs_version = 20.0.1\n";

const std::string pbs_queue_list =
    "Queue: workq\n"
    "    queue_type = Execution\n"
    "    state_count = Transit:0 Queued:14 Held:0 Waiting:0 Running:10 Exiting:0 Beg\n"
    "\tun:0\n"
    "    resources_max.walltime = 336:00:00\n"
    "    resources_default.walltime = 24:00:00\n"
    "    resources_max.nodect = 16\n"
    "    enabled = True\n"
    "    started = True\n"
    "\n"
    "Queue: night\n"
    "    queue_type = Execution\n"
    "    enabled = True\n"
    "    started = False\n";

const std::string pbs_node_list =
    "n1\n"
    "     Mom = n1.cluster\n"
    "     state = free\n"
    "     resources_available.mem = 197693956kb\n"
    "     resources_available.ncpus = 64\n"
    "\n"
    "n2\n"
    "     Mom = n2.cluster\n"
    "     state = offline,down\n"
    "     resources_available.mem = 512gb\n"
    "     resources_available.ncpus = 128\n";

const std::string lsf_parameters =
    "Administrator:  lsfadmin\n"
    "DEFAULT_QUEUE = normal interactive\n"
    "    MAX_JOB_ARRAY_SIZE = 1000\n"
    "    CLEAN_PERIOD = 3600\n";

const std::string lsf_queue_list =
    "\n"
    "QUEUE: normal\n"
    "  -- For normal low priority jobs, running only if hosts are lightly loaded.  This is the default queue.\n"
    "\n"
    "PARAMETERS/STATISTICS\n"
    "PRIO NICE STATUS          MAX JL/U JL/P JL/H NJOBS  PEND   RUN SSUSP USUSP  RSV\n"
    " 30   20  Open:Active       -    -    -    -     0     0     0     0     0    0\n"
    "Interval for a host to accept two jobs is 0 seconds\n"
    "\n"
    " CPULIMIT             RUNLIMIT\n"
    " 100.0 min            480.0 min of hostA\n"
    "\n"
    "SCHEDULING PARAMETERS\n"
    "           r15s   r1m  r15m   ut      pg    io   ls    it    tmp    swp    mem\n"
    "USERS: all\n"
    "HOSTS:  all\n"
    "------------------------------------------------------------------------------\n"
    "\n"
    "QUEUE: night\n"
    "  -- At night\n"
    "\n"
    "PARAMETERS/STATISTICS\n"
    "PRIO NICE STATUS          MAX JL/U JL/P JL/H NJOBS  PEND   RUN SSUSP USUSP  RSV\n"
    " 40   20  Open:Inact_Win    -    -    -    -     0     0     0     0     0    0\n"
    "DEFAULT LIMITS:\n"
    " RUNLIMIT\n"
    " 60.0 min\n"
    "\n"
    "MAXIMUM LIMITS:\n"
    " RUNLIMIT\n"
    " 720.0 min\n";

const std::string lsf_hosts =
    "HOST_NAME                       type       model  cpuf ncpus maxmem maxswp server RESOURCES\n"
    "n1                            X86_64  Intel_EM64  60.0    64 251.4G   4.0G    Yes (mg)\n"
    "n2                            X86_64  Intel_EM64  60.0     -      -      -    Yes ()\n"
    "login                         X86_64  Intel_EM64  60.0     8  31.2G   4.0G     No ()\n";

const std::string flux_queue_list =
    "batch*|enabled|started|30m|1d|1-16\n"
    "debug|enabled|stopped|inf|1.5h|0-infinity\n";

const std::string flux_resources = "up|3|192\ndown|1|64\n";

}  // namespace

TEST_CASE("the queues, nodes and settings of PBS") {
    const Site site = site_of("pbs", {pbs_server, pbs_queue_list, pbs_node_list});
    CHECK(site.version == "20.0.1");
    REQUIRE(site.queues.size() == 2);
    CHECK(site.queues[0].name == "workq");
    CHECK(site.queues[0].usual);
    CHECK(site.queues[0].open);
    CHECK(site.queues[0].limit == 336 * 3600);
    CHECK(site.queues[0].given_limit == 86'400);
    CHECK(site.queues[0].most_nodes == 16);
    CHECK_FALSE(site.queues[1].open);
    CHECK_THAT(site.queues[1].state, ContainsSubstring("started False"));
    CHECK(site.nodes.count == 2);
    CHECK(site.nodes.down == 1);
    CHECK(site.nodes.cores.least == 64);
    CHECK(site.nodes.cores.most == 128);
    CHECK(site.nodes.memory.least == 197693956 / 1024);
    CHECK(site.nodes.memory.most == 512 * 1024);
    CHECK(has_setting(site, "max_array_size 10000"));
    CHECK_THAT(setting(site, "job_history_enable True").text, ContainsSubstring("24:00:00"));
    CHECK(has_setting(site_of("pbs", {"Server: head\n    scheduling = False\n", "", ""}), "job_history_enable False"));
    CHECK_FALSE(setting(site_of("pbs", {"    scheduling = False\n", "", ""}), "scheduling False").mend.empty());
}

TEST_CASE("Torque's nodes and settings") {
    const Site site = site_of(
        "torque",
        {"Server: head\n    scheduling = True\n    default_queue = batch\n    keep_completed = 300\n    pbs_version = "
         "6.1.2\n    max_job_array_size = 500\n",
         "Queue: batch\n    queue_type = Execution\n    enabled = True\n    started = True\n",
         "n1\n     state = free\n     np = 8\n     ntype = cluster\n     status = "
         "opsys=linux,totmem=66072140kb,physmem=65940688kb,ncpus=8\n     gpus = 0\n\n"});
    CHECK(site.version == "6.1.2");
    CHECK(site.queues.at(0).usual);
    CHECK(site.nodes.count == 1);
    CHECK(site.nodes.cores.most == 8);
    CHECK(site.nodes.memory.most == 65940688 / 1024);
    CHECK(has_setting(site, "keep_completed 300"));
    CHECK(has_setting(site, "max_job_array_size 500"));
    CHECK_FALSE(has_setting(site, "job_history"));
}

TEST_CASE("LSF's queues, hosts and parameters") {
    const Site site =
        site_of("lsf", {lsf_parameters, "IBM Spectrum LSF Standard 10.1.0.0, Apr 12 2020\nMy cluster name is alpha\n",
                        lsf_queue_list, lsf_hosts});
    CHECK(site.version == "10.1.0.0");
    REQUIRE(site.queues.size() == 2);
    CHECK(site.queues[0].name == "normal");
    CHECK(site.queues[0].usual);
    CHECK(site.queues[0].open);
    CHECK(site.queues[0].limit == 480 * 60);
    CHECK_FALSE(site.queues[1].usual);
    CHECK_FALSE(site.queues[1].open);
    CHECK(site.queues[1].given_limit == 3600);
    CHECK(site.queues[1].limit == 720 * 60);
    CHECK(site.nodes.count == 2);
    CHECK(site.nodes.down == 1);
    CHECK(site.nodes.cores.most == 64);
    CHECK(site.nodes.memory.most == static_cast<long>(251.4 * 1024));
    CHECK_THAT(setting(site, "MAX_JOB_ARRAY_SIZE 1000").text, ContainsSubstring("999"));
    CHECK(has_setting(site, "CLEAN_PERIOD 3600"));
}

TEST_CASE("Flux's queues and nodes") {
    const Site site = site_of(
        "flux",
        {flux_queue_list, "commands:    \t\t0.58.0\nlibflux-core:\t\t0.58.0\nbroker:  \t\t0.58.1\n", flux_resources});
    CHECK(site.version == "0.58.1");
    REQUIRE(site.queues.size() == 2);
    CHECK(site.queues[0].name == "batch");
    CHECK(site.queues[0].usual);
    CHECK(site.queues[0].given_limit == 1800);
    CHECK(site.queues[0].limit == 86'400);
    CHECK(site.queues[0].most_nodes == 16);
    CHECK_FALSE(site.queues[1].open);
    CHECK_FALSE(site.queues[1].given_limit);
    CHECK(site.queues[1].limit == 5400);
    CHECK(site.queues[1].most_nodes == 0);
    CHECK(site.nodes.count == 4);
    CHECK(site.nodes.down == 1);
    CHECK(site.nodes.cores.most == 64);
    CHECK(site_of("flux", {"|enabled|started|inf|inf|0-infinity\n", "", ""}).queues.at(0).usual);  // the one without a
                                                                                                   // name
}

TEST_CASE("pieces of the manuals' answers, with other bytes in them, are survived") {
    expect_that_all_survive({pbs_server, pbs_queue_list, pbs_node_list, lsf_parameters, lsf_queue_list, lsf_hosts,
                             flux_queue_list, flux_resources});
}
