// The way to the nodes of a job in place of ssh.
#include <support/catch.hpp>

#include <launcher/engines/engine.hpp>
#include <launcher/engines/plan.hpp>
#include <launcher/engines/way.hpp>
#include <launcher/hosts/agent.hpp>

using namespace hecaton::launcher;
using hecaton::detail::launch::Host;
using hecaton::detail::launch::Scheduler;
using Words = std::vector<std::string>;

TEST_CASE("an agent's command travels as digits, whatever shells are on the way") {
    const std::string text = "PATH=/opt/x:$PATH ; export PATH ; orted -mca x \"a  b\" 'c'";
    const auto by_lsf = agent_command("/opt/hecaton", {"lsf", "n2", text, "more"});
    REQUIRE(by_lsf.size() == 5);
    CHECK(Words(by_lsf.begin(), by_lsf.end() - 1) == Words{"blaunch", "n2", "/opt/hecaton", "__shell"});
    CHECK(by_lsf.back().find_first_not_of("0123456789abcdef") == std::string::npos);
    CHECK(text_of_digits(by_lsf.back()) == text + " more");
    const auto agent = flux_agent("/opt/hecaton", {"n1.site", "n2.site", "n3"});
    CHECK(agent == Words{"/opt/hecaton", "__agent", "flux", "n1.site,n2.site,n3"});
    const auto by_flux = agent_command("/opt/hecaton", {"flux", agent.back(), "-x", "n2", "true"});
    REQUIRE(by_flux.size() == 8);
    CHECK(Words(by_flux.begin(), by_flux.end() - 1) ==
          Words{"flux", "exec", "-n", "-r", "1", "/opt/hecaton", "__shell"});
    for (const Words& none :
         {Words{}, Words{"lsf"}, Words{"lsf", "n1"}, Words{"flux"}, Words{"flux", "n1,n2", "n3", "true"},
          Words{"flux", "n1,n2", "n1"}, Words{"other", "n1", "true"}, Words{"lsf", "-x", "n1"}})
        CHECK(agent_command("/opt/hecaton", none).empty());
    for (const char* none : {"", "7", "7g", "zz", "777"}) CHECK(text_of_digits(none).empty());
    CHECK(name_of_agent(lsf_agent("/h")) == "blaunch");
    CHECK(name_of_agent(agent) == "flux exec");
    CHECK(name_of_agent({"ssh", "-F", "x"}) == "ssh");
}

TEST_CASE("the nodes of a Flux instance, and what is none") {
    CHECK(
        flux_nodes(R"({"version": 1, "execution": {"R_lite": [{"rank": "0-1", "children": {"core": "0-3", "gpu": "0"}},
                         {"rank": "2", "children": {"core": "5"}}], "nodelist": ["n[8-9]", "big"]}})") ==
        std::vector<Host>{{.name = "n8", .slots = 4}, {.name = "n9", .slots = 4}, {.name = "big", .slots = 1}});
    for (const char* none :
         {"", "[]", "flux-resource: ERROR", R"({"execution": {"R_lite": [{"rank": "0"}]}})",
          R"({"execution": {"R_lite": [{"rank": "4-5", "children": {"core": "0"}}], "nodelist": ["n[1-2]"]}})",
          R"({"execution": {"R_lite": [{"rank": 0, "children": 3}, 7], "nodelist": [3, "n1"]}})",
          R"({"execution": 3})"})
        CHECK(flux_nodes(none).empty());
}

TEST_CASE("with a way to its nodes a job is divided among them, over the cluster's own network") {
    PlanFacts facts;
    facts.machine.name = "n1";
    facts.machine.mpirun = "/usr/bin/mpirun";
    facts.machine.open_mpi_major = 4;
    facts.machine.allocation = {.scheduler = Scheduler::lsf, .job = "7"};
    facts.machine.job_nodes = {{.name = "n1", .slots = 2}, {.name = "n2", .slots = 2}};
    RunOptions options;
    options.program = "./a";
    options.ranks = 3;
    CHECK_THROWS_WITH(native_command(plan(options, facts), facts), ContainsSubstring("LSF job 7"));
    facts.agent = lsf_agent("/h");
    const Plan made = plan(options, facts);
    CHECK(made.over_ssh);
    CHECK(made.many_nodes);
    CHECK(made.ranks == 3);
    CHECK(made.ssh == facts.agent);
    const std::string line = hecaton::detail::launch::shell_quoted(native_command(made, facts));
    CHECK_THAT(line, ContainsSubstring("--mca plm rsh") && ContainsSubstring("--mca plm_rsh_agent '/h __agent lsf'"));
    CHECK_THAT(line, ContainsSubstring("--host n1:2,n2:2") && !ContainsSubstring("btl"));
    options.hosts = {{.name = "n2", .slots = 1}};
    options.ranks = 0;
    CHECK(plan(options, facts).ranks == 1);
    facts.machine.job_nodes.pop_back();
    options.hosts.clear();
    CHECK_FALSE(plan(options, facts).over_ssh);  // this machine alone
    CHECK(plan(options, facts).ranks == 2);
}
