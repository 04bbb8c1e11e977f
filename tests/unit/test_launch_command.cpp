#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <hecaton/launch/batch_job.hpp>
#include <hecaton/launch/command.hpp>
#include <hecaton/launch/job_variables.hpp>
#include <hecaton/launch/refusal.hpp>
#include <hecaton/launch/self_launch.hpp>
#include <support/catch.hpp>

using namespace hecaton::detail::launch;

namespace {

MachineFacts two_cores() {
    MachineFacts facts;
    facts.cores = 2;
    facts.mpirun = "/usr/bin/mpirun";
    facts.open_mpi_major = 4;
    return facts;
}

MachineFacts in_slurm(int nodes, int slots) {
    MachineFacts facts = two_cores();
    facts.allocation = {.scheduler = Scheduler::slurm, .job = "7", .nodes = nodes, .slots = slots};
    return facts;
}

Request two_of(std::string program) { return {.ranks = 2, .program = std::move(program)}; }

// True when `words` stand next to each other in the command.
bool has(const Command& command, const std::vector<std::string>& words) {
    return !std::ranges::search(command.argv, words).empty();
}

std::string refusal(const Request& request, const MachineFacts& facts) {
    try {
        command(request, facts);
    } catch (const Refusal& error) {
        return error.what();
    }
    return "(not refused)";
}

// A file with this text, gone with the object.
class TemporaryFile {
  public:
    explicit TemporaryFile(const std::string& text) {
        const int file = ::mkstemp(path_);
        REQUIRE(file >= 0);
        ::close(file);
        std::ofstream(path_) << text;
    }
    ~TemporaryFile() { ::unlink(path_); }
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;
    std::string path() const { return path_; }

  private:
    char path_[32] = "/tmp/hecaton-test-XXXXXX";
};

}  // namespace

TEST_CASE("a rank variable is one of Open MPI, PMI or PMIx") {
    CHECK(rank_variable_set({{"OMPI_COMM_WORLD_RANK", "0"}}));
    CHECK(rank_variable_set({{"PMI_RANK", "0"}}));
    CHECK(rank_variable_set({{"PMI_SIZE", "2"}}));
    CHECK(rank_variable_set({{"PMIX_RANK", "3"}}));
    CHECK_FALSE(rank_variable_set({}));
    CHECK_FALSE(rank_variable_set({{"SLURM_PROCID", "0"}, {"SLURM_NTASKS", "4"}}));
    CHECK_FALSE(rank_variable_set({{"OMPI_MCA_pml", "ob1"}}));
}

TEST_CASE("what a rank starts is no rank, unless a launcher makes it one") {
    CHECK(rank_variable_set({{"OMPI_COMM_WORLD_RANK", "0"}, {"HECATON_RANK_PID", std::to_string(::getpid())}}));
    CHECK_FALSE(rank_variable_set({{"OMPI_COMM_WORLD_RANK", "0"}, {"HECATON_RANK_PID", "1"}}));
    CHECK(rank_variable_set({{"OMPI_COMM_WORLD_RANK", "0"}, {"HECATON_RANK_PID", "1"}, {"PMIX_RANK", "0"}}));
}

TEST_CASE("the variables of a job are taken out and put back") {
    const auto set = [](const char* name) { return ::getenv(name) != nullptr; };
    ::setenv("PMIX_RANK", "3", 1);
    ::setenv("OMPI_COMM_WORLD_RANK", "3", 1);
    ::setenv("OMPI_MCA_ess", "^singleton", 1);
    const JobVariables job;
    job.take_out();
    CHECK_FALSE(set("PMIX_RANK"));
    CHECK_FALSE(set("OMPI_MCA_ess"));
    CHECK(set("OMPI_COMM_WORLD_RANK"));
    CHECK(value(variables(), "HECATON_RANK_PID") == std::to_string(::getpid()));
    job.put_back();
    CHECK(value(variables(), "PMIX_RANK") == "3");
    CHECK(value(variables(), "OMPI_MCA_ess") == "^singleton");
    for (const char* name : {"PMIX_RANK", "OMPI_COMM_WORLD_RANK", "OMPI_MCA_ess", "HECATON_RANK_PID"}) ::unsetenv(name);
}

TEST_CASE("variables of an outer job go, settings of the user stay") {
    const Variables outer{{"OMPI_COMM_WORLD_RANK", "1"},
                          {"OMPI_MCA_ess", "^singleton"},
                          {"OMPI_MCA_orte_hnp_uri", "1.0;tcp://192.0.2.1:1"},
                          {"OMPI_MCA_btl_tcp_if_include", "lo"},
                          {"OMPI_ALLOW_RUN_AS_ROOT", "1"},
                          {"PMIX_MCA_gds", "hash"},
                          {"PMIX_RANK", "1"},
                          {"PMI_FD", "5"},
                          {"HOME", "/root"},
                          {"SLURM_JOB_ID", "5"}};
    CHECK(inherited_from_a_job(outer) == std::vector<std::string>{"OMPI_COMM_WORLD_RANK", "OMPI_MCA_ess",
                                                                  "OMPI_MCA_orte_hnp_uri", "PMIX_RANK", "PMI_FD"});
    CHECK(inherited_from_a_job({{"OMPI_MCA_orte_tmpdir_base", "/scratch"}}).empty());
}

TEST_CASE("Slurm's list of tasks is added up") {
    struct Case {
        const char* list;
        int tasks;
        int nodes;
    };
    for (const auto& [list, tasks, expected_nodes] :
         {Case{"4", 4, 1}, Case{"4(x2),3", 11, 3}, Case{"2(x100)", 200, 100}, Case{"1,2,3", 6, 3}, Case{"", 0, 0},
          Case{"x", 0, 0}, Case{"4(x", 0, 0}, Case{"4(x0)", 0, 0}, Case{"4,", 0, 0}, Case{"4 5", 0, 0},
          Case{"2000000000(x2000000000),2000000000", 1'000'000, 1'000'000}}) {
        INFO(list);
        int nodes = -1;
        CHECK(slurm_tasks(list, nodes) == tasks);
        CHECK(nodes == expected_nodes);
    }
}

TEST_CASE("the allocation is recognised from its variables") {
    CHECK(allocation({}).scheduler == Scheduler::none);
    CHECK(allocation({{"SLURM_PROCID", "0"}}).scheduler == Scheduler::none);

    const auto slurm =
        allocation({{"SLURM_JOB_ID", "12"}, {"SLURM_JOB_NODELIST", "n[1-3]"}, {"SLURM_TASKS_PER_NODE", "4(x2),3"}});
    CHECK(slurm.scheduler == Scheduler::slurm);
    CHECK(slurm.job == "12");
    CHECK(slurm.nodes == 3);
    CHECK(slurm.slots == 11);
    CHECK_FALSE(slurm.step_of_many);

    CHECK(allocation({{"SLURM_JOB_ID", "12"},
                      {"SLURM_JOB_NODELIST", "n1"},
                      {"SLURM_STEP_ID", "0"},
                      {"SLURM_STEP_NUM_TASKS", "4"}})
              .step_of_many);

    const TemporaryFile sge_hosts("n1 4 all.q@n1 UNDEFINED\nn2 2 all.q@n2 UNDEFINED\n");
    const auto sge = allocation({{"JOB_ID", "3"}, {"PE_HOSTFILE", sge_hosts.path()}});
    CHECK(sge.scheduler == Scheduler::sge);
    CHECK(sge.nodes == 2);
    CHECK(sge.slots == 6);
    CHECK(sge.hostfile.empty());

    const TemporaryFile pbs_hosts("n1\nn1\nn2\nn2\n");
    const auto pbs =
        allocation({{"PBS_JOBID", "9.server"}, {"PBS_ENVIRONMENT", "x"}, {"PBS_NODEFILE", pbs_hosts.path()}});
    CHECK(pbs.scheduler == Scheduler::pbs);
    CHECK(pbs.nodes == 2);
    CHECK(pbs.slots == 4);
    CHECK(pbs.hostfile == pbs_hosts.path());
    CHECK_THROWS_AS(allocation({{"PBS_JOBID", "9"}, {"PBS_NODEFILE", "/nowhere/at/all"}}), Refusal);

    CHECK(allocation({{"LSB_JOBID", "1"}}).scheduler == Scheduler::lsf);
    CHECK(allocation({{"FLUX_URI", "local:///x"}}).scheduler == Scheduler::flux);
    CHECK(allocation({{"COBALT_NODEFILE", "/x"}}).scheduler == Scheduler::cobalt);
}

TEST_CASE("Slurm's list of nodes names each of them") {
    using Names = std::vector<std::string>;
    CHECK(slurm_names("n1") == Names{"n1"});
    CHECK(slurm_names("n[1-3,7],login") == Names{"n1", "n2", "n3", "n7", "login"});
    CHECK(slurm_names("n[08-10]x") == Names{"n08x", "n09x", "n10x"});
    CHECK(slurm_names("r[1-2]n[0,5]") == Names{"r1n0", "r1n5", "r2n0", "r2n5"});
    for (const char* list : {"", "[", "]", "n[", "n[x]", "n[-]", "n[2-1]", ",,"}) CHECK(slurm_names(list).size() <= 1);
    CHECK(slurm_names("n[0-2000000000]").size() == 1'000'000);
}

TEST_CASE("the nodes of a job and their slots") {
    const Variables slurm{
        {"SLURM_JOB_ID", "12"}, {"SLURM_JOB_NODELIST", "n[1-3]"}, {"SLURM_TASKS_PER_NODE", "4(x2),3"}};
    CHECK(job_nodes(slurm) == std::vector<Host>{{"n1", 4}, {"n2", 4}, {"n3", 3}});
    Variables unclear = slurm;
    unclear["SLURM_TASKS_PER_NODE"] = "4";
    CHECK(job_nodes(unclear).empty());
    const TemporaryFile sge_hosts("n1 4 all.q@n1 UNDEFINED\nn2 2 all.q@n2 UNDEFINED\n");
    CHECK(job_nodes({{"PE_HOSTFILE", sge_hosts.path()}}) == std::vector<Host>{{"n1", 4}, {"n2", 2}});
    const TemporaryFile pbs_hosts("n1\nn2\nn1\n");
    CHECK(job_nodes({{"PBS_JOBID", "9"}, {"PBS_NODEFILE", pbs_hosts.path()}}) ==
          std::vector<Host>{{"n1", 2}, {"n2", 1}});
    CHECK(job_nodes({}).empty());
}

TEST_CASE("a part of a job is started by its scheduler") {
    MachineFacts facts = in_slurm(2, 8);
    facts.name = "n1";
    facts.job_nodes = {{"n1", 4}, {"n2.cluster", 4}};
    const auto part = part_of_job({{"n2", 3}}, facts);
    CHECK(part == std::vector<Host>{{"n2.cluster", 3}});
    CHECK_THROWS_WITH(part_of_job({{"a", 1}}, facts),
                      "--hosts: a is no node of Slurm job 7; its nodes are: n1, n2.cluster");
    const auto there = command({.program = "./a", .hosts = part}, facts);
    CHECK(has(there, {"--host", "n2.cluster:3", "-n", "3"}));
    CHECK(has(there, {"-x", "HECATON_EXPECTED_SIZE=3"}));  // on another machine than this one
    const auto here = command({.program = "./a", .hosts = {{"n1", 2}}}, facts);
    CHECK_FALSE(has(here, {"-x"}));
    MachineFacts login = in_slurm(1, 4);  // salloc may run its command elsewhere
    login.name = "login";
    login.job_nodes = {{"n1", 4}};
    CHECK(many_nodes({.program = "./a"}, login));
    login.name = "n1.cluster";
    CHECK_FALSE(many_nodes({.program = "./a"}, login));
}

TEST_CASE("what sbatch --export keeps from a job's steps reaches ranks, and steps go side by side") {
    const auto sets = [](const Command& command, const char* name, const char* text) {
        return std::ranges::count(command.environment, std::pair<std::string, std::string>(name, text)) == 1;
    };
    MachineFacts facts = in_slurm(2, 8);
    CHECK_FALSE(sets(command({.program = "./a"}, facts), "SLURM_EXPORT_ENV", "ALL"));
    CHECK(sets(command({.program = "./a"}, facts), "SLURM_OVERLAP", "1"));
    facts.environment = {{"SLURM_EXPORT_ENV", "X=1"}, {"SLURM_OVERLAP", "0"}};
    CHECK(sets(command({.program = "./a"}, facts), "SLURM_EXPORT_ENV", "ALL"));
    CHECK_FALSE(sets(command({.program = "./a"}, facts), "SLURM_OVERLAP", "1"));
    CHECK_FALSE(sets(command({.program = "./a"}, two_cores()), "SLURM_OVERLAP", "1"));
}

TEST_CASE("a Slurm job is only here when its list of nodes is this machine's name") {
    for (const char* list : {"node7", "node7.cluster"}) CHECK(slurm_only_here(list, "node7"));
    CHECK(slurm_only_here("node7", "node7.cluster"));
    for (const char* list : {"", "node", "node8", "node7,node8", "node[7-8]", "node7[0]"})
        CHECK_FALSE(slurm_only_here(list, "node7"));
}

TEST_CASE("on one machine the transports of one node are named and any number of ranks is taken") {
    const auto two = command(two_of("./a"), two_cores());
    CHECK(two.argv.front() == "/usr/bin/mpirun");
    CHECK(two.argv.back() == "./a");
    CHECK(has(two, {"-n", "2"}));
    CHECK(has(two, {"--bind-to", "none"}));
    CHECK(has(two, {"--mca", "pml", "ob1", "--mca", "btl", "self,vader,tcp"}));
    CHECK(has(two, {"--mca", "mpi_yield_when_idle", "0"}));
    CHECK(two.expected_ranks == 2);
    CHECK(two.notes.empty());
    CHECK(two.environment == std::vector<std::pair<std::string, std::string>>{{"OMPI_MCA_orte_bound_at_launch", "1"},
                                                                              {"HECATON_EXPECTED_SIZE", "2"}});

    const auto five = command({.ranks = 5, .program = "./a"}, two_cores());
    CHECK(has(five, {"--map-by", ":OVERSUBSCRIBE"}));
    CHECK(has(five, {"--mca", "mpi_yield_when_idle", "1"}));

    CHECK(command({.program = "./a"}, two_cores()).expected_ranks == 2);

    MachineFacts newer = two_cores();
    newer.open_mpi_major = 5;
    CHECK(has(command(two_of("./a"), newer), {"--mca", "btl", "self,sm,tcp"}));
    const auto settings = command(two_of("./a"), newer).environment;
    CHECK(std::ranges::count(settings, std::pair<std::string, std::string>("OMPI_MCA_reachable", "weighted")) == 1);
    CHECK_FALSE(has(command(two_of("./a"), newer), {"--prtemca"}));
    newer.allocation = {.scheduler = Scheduler::slurm, .nodes = 1, .slots = 2, .only_here = true};
    CHECK(has(command(two_of("./a"), newer), {"--prtemca", "plm", "ssh", "--prtemca", "plm_ssh_agent", "true"}));
    newer.environment = {{"PRTE_MCA_plm", "slurm"}};
    CHECK_FALSE(has(command(two_of("./a"), newer), {"--prtemca"}));

    MachineFacts container = two_cores();
    container.copy_allowed = false;
    CHECK(has(command(two_of("./a"), container), {"--mca", "btl_vader_single_copy_mechanism", "none"}));
}

TEST_CASE("a parameter that the user has set is left to the user") {
    MachineFacts facts = two_cores();
    facts.environment = {{"OMPI_MCA_btl", "tcp,self"}, {"OMPI_MCA_hwloc_base_binding_policy", "core"}};
    const auto made = command(two_of("./a"), facts);
    CHECK_FALSE(has(made, {"btl"}));
    CHECK_FALSE(has(made, {"--bind-to"}));
    CHECK(made.scrub.empty());
}

TEST_CASE("mpirun forks many ranks from one thread") {
    MachineFacts facts = two_cores();
    const auto many = command({.ranks = 32, .program = "./a"}, facts);
    CHECK(has(many, {"--mca", "odls_base_num_threads", "0"}));
    CHECK_FALSE(has(command({.ranks = 31, .program = "./a"}, facts), {"odls_base_num_threads"}));
    CHECK(has(command({.program = "./a"}, in_slurm(2, 64)), {"--mca", "odls_base_num_threads", "0"}));
    facts.open_mpi_major = 5;
    CHECK(has(command({.ranks = 32, .program = "./a"}, facts), {"--prtemca", "odls_base_num_threads", "0"}));
    facts.environment = {{"PRTE_MCA_odls_base_num_threads", "4"}};
    CHECK_FALSE(has(command({.ranks = 32, .program = "./a"}, facts), {"odls_base_num_threads"}));
}

TEST_CASE("root is allowed, and told so unless it has allowed itself") {
    MachineFacts facts = two_cores();
    facts.root = true;
    const auto told = command(two_of("./a"), facts);
    REQUIRE(told.notes.size() == 1);
    CHECK_THAT(told.notes[0], ContainsSubstring("running as root"));
    CHECK_THAT(shell_quoted(told), ContainsSubstring("OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1"));
    facts.environment = {{"OMPI_ALLOW_RUN_AS_ROOT", "1"}, {"OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1"}};
    CHECK(command(two_of("./a"), facts).notes.empty());
}

TEST_CASE("an allocation is used as it is") {
    const auto all = command({.program = "./a"}, in_slurm(3, 11));
    CHECK_FALSE(has(all, {"-n"}));
    CHECK_FALSE(has(all, {"pml"}));
    CHECK_FALSE(has(all, {"--map-by"}));
    CHECK(has(all, {"-x", "HECATON_EXPECTED_SIZE=11"}));
    CHECK(all.expected_ranks == 11);

    const auto some = command({.ranks = 5, .program = "./a"}, in_slurm(3, 11));
    CHECK(has(some, {"-n", "5"}));
    CHECK(some.expected_ranks == 5);

    const auto crowded = command({.ranks = 12, .program = "./a"}, in_slurm(3, 11));
    CHECK(has(crowded, {"--map-by", ":OVERSUBSCRIBE"}));
    CHECK(crowded.notes.size() == 1);

    CHECK(has(command({.program = "./a"}, in_slurm(1, 8)), {"--mca", "pml", "ob1"}));

    MachineFacts pbs = two_cores();
    pbs.allocation = {.scheduler = Scheduler::pbs, .job = "9", .nodes = 2, .slots = 4, .hostfile = "/spool/9"};
    CHECK(has(command({.program = "./a"}, pbs), {"--hostfile", "/spool/9"}));
}

TEST_CASE("what cannot be run is refused in one line that says what to do") {
    const auto with = [](Scheduler scheduler) {
        MachineFacts facts = two_cores();
        facts.allocation = {.scheduler = scheduler, .job = "7"};
        return facts;
    };
    CHECK_THAT(refusal(two_of("./a"), with(Scheduler::flux)), ContainsSubstring("flux run -n 2 ./a"));
    CHECK_THAT(refusal(two_of("./a"), with(Scheduler::lsf)), ContainsSubstring("LSF job 7"));
    CHECK_THAT(refusal(two_of("./a"), with(Scheduler::cobalt)), ContainsSubstring("aprun -n 2 ./a"));
    MachineFacts step = in_slurm(1, 4);
    step.allocation.step_of_many = true;
    CHECK_THAT(refusal(two_of("./a"), step), ContainsSubstring("srun --mpi=pmix ./a"));
    MachineFacts without = two_cores();
    without.mpirun.clear();
    CHECK_THAT(refusal(two_of("./a"), without), ContainsSubstring("mpirun is not in PATH"));
    MachineFacts other = two_cores();
    other.open_mpi_major = 0;
    CHECK_THAT(refusal(two_of("./a"), other), ContainsSubstring("is not Open MPI's"));
    CHECK_THAT(refusal({.ranks = -3, .program = "./a"}, two_cores()), ContainsSubstring("-3 ranks cannot be"));
    CHECK_THAT(refusal({.ranks = most_ranks + 1, .program = "./a"}, two_cores()), ContainsSubstring("cannot be"));
}

TEST_CASE("programs and arguments keep their form") {
    CHECK(command(two_of("-odd/a"), two_cores()).argv.back() == "./-odd/a");
    const auto made = command({.ranks = 1, .program = "./a", .args = {"-x", "--", "", "a b"}}, two_cores());
    CHECK(has(made, {"./a", "-x", "--", "", "a b"}));
    const auto colon = command({.ranks = 1, .program = "./a", .args = {":", "it's", "\\"}}, two_cores());
    CHECK(has(colon, {"env", "-S", R"('./a' ':' 'it\'s' '\\')"}));
    Request request{.ranks = 1, .program = "./a", .args = {"b"}, .environment = {{"K", "it's\n=1"}, {"L", ""}}};
    CHECK(has(command(request, two_cores()), {"env", "K=it's\n=1", "L=", "./a", "b"}));
    request.program = "./x=1/a";  // which env would take for a variable
    CHECK(has(command(request, two_cores()), {"L=", "nice", "-n", "0", "./x=1/a", "b"}));
    request.args = {":"};
    CHECK(has(command(request, two_cores()), {"env", "-S", "'K=it\\'s\n=1' 'L=' 'nice' '-n' '0' './x=1/a' ':'"}));
}

TEST_CASE("a quoted command can be pasted") {
    CHECK(shell_quoted("plain-1.0/x=y") == "plain-1.0/x=y");
    CHECK(shell_quoted("") == "''");
    CHECK(shell_quoted("a b") == "'a b'");
    CHECK(shell_quoted("it's") == R"('it'\''s')");
    CHECK(shell_quoted("two\nlines") == "'two\nlines'");
    CHECK(shell_quoted("~") == "'~'");
    const Command made{.argv = {"mpirun", "a b"}, .environment = {{"K", "1 2"}}, .scrub = {"OLD"}};
    CHECK(shell_quoted(made) == "env -u OLD 'K=1 2' mpirun 'a b'");
    CHECK(environment_strings(made, {{"OLD", "x"}, {"K", "0"}, {"Z", ""}}) == std::vector<std::string>{"K=1 2", "Z="});
}

TEST_CASE("self-launch happens only where nobody has launched") {
    struct Case {
        Variables environment;
        int processes;
        bool traced;
        bool launch;
        int ranks;
    };
    const std::vector<Case> cases{
        {{}, 0, false, true, 0},
        {{}, 4, false, true, 4},
        {{}, 1, false, false, 1},
        {{}, 0, true, false, 0},
        {{{"LD_PRELOAD", "/usr/libexec/valgrind/vgpreload_core-amd64-linux.so:x.so"}}, 0, false, false, 0},
        {{{"LD_PRELOAD", "/usr/lib/heaptrack/libheaptrack_preload.so"}}, 0, false, false, 0},
        {{{"LD_PRELOAD", "libtcmalloc.so"}}, 0, false, true, 0},
        {{{"HECATON_RANKS", "3"}}, 4, false, true, 3},
        {{{"HECATON_RANKS", "1"}}, 4, false, false, 1},
        {{{"HECATON_RANKS", ""}}, 0, false, true, 0},
        {{{"HECATON_SELF_LAUNCH", "0"}}, 0, false, false, 0},
        {{{"HECATON_SELF_LAUNCH", "1"}}, 0, false, true, 0},
        {{{"HECATON_EXPECTED_SIZE", "4"}}, 0, false, false, 0},
        {{{"OMPI_COMM_WORLD_RANK", "0"}, {"HECATON_RANKS", "x"}}, 0, false, false, 0},
        {{{"SLURM_PROCID", "0"}}, 0, false, true, 0}};
    for (const auto& [environment, processes, traced, launch, expected_ranks] : cases) {
        for (const auto& [variable, text] : environment) UNSCOPED_INFO(variable << "=" << text);
        const Decision decision = decide(environment, processes, traced);
        CHECK(decision.launch == launch);
        if (launch) CHECK(decision.ranks == expected_ranks);
    }
    for (const char* bad : {"0", "-2", "two", "2x", " 2", "99999999999", "1.5"}) {
        INFO(bad);
        CHECK_THROWS_AS(decide({{"HECATON_RANKS", bad}}, 0, false), Refusal);
    }
}
