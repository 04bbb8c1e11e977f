// From options and facts to an engine and its command line.
#include <algorithm>
#include <support/catch.hpp>

#include <launcher/base/refusal.hpp>
#include <launcher/engines/engine.hpp>

using namespace hecaton::launcher;
namespace launch = hecaton::detail::launch;

namespace {

const Linked open_mpi_4{.mpi = Mpi::open_mpi, .major = 4, .library = "/lib/libmpi.so.40"};
const Linked open_mpi_5{.mpi = Mpi::open_mpi, .major = 5, .library = "/opt/libmpi.so.40"};
const Linked mpich{.mpi = Mpi::mpich, .library = "/lib/libmpich.so.12"};
const Linked nothing{};
const Linked script{.mpi = Mpi::unknown};

// A machine with four cores and the launchers of both MPIs.
PlanFacts machine(const Linked& linked) {
    PlanFacts facts;
    facts.machine.cores = 4;
    facts.machine.mpirun = "/usr/bin/mpirun";
    facts.machine.open_mpi_major = 4;
    facts.hydra = "/usr/bin/mpiexec.hydra";
    facts.linked = linked;
    return facts;
}

PlanFacts without_open_mpi(PlanFacts facts) {
    facts.machine.mpirun.clear();
    facts.machine.open_mpi_major = 0;
    return facts;
}

PlanFacts without_hydra(PlanFacts facts) {
    facts.hydra.clear();
    return facts;
}

PlanFacts in_slurm(PlanFacts facts) {
    facts.machine.allocation = {.scheduler = launch::Scheduler::slurm, .job = "7", .nodes = 2, .slots = 8};
    facts.srun = "/usr/bin/srun";
    return facts;
}

RunOptions options(int ranks) {
    RunOptions made;
    made.ranks = ranks;
    made.program = "./prog";
    made.args = {"a b"};
    return made;
}

std::string refusal(const RunOptions& wanted, const PlanFacts& facts) {
    try {
        plan(wanted, facts);
    } catch (const Refusal& error) {
        CHECK(error.status() == 2);
        return error.what();
    }
    return "(not refused)";
}

launch::Command made(const RunOptions& wanted, const PlanFacts& facts) {
    return native_command(plan(wanted, facts), facts);
}

bool has(const launch::Command& command, const std::vector<std::string>& words) {
    return !std::ranges::search(command.argv, words).empty();
}

bool sets(const launch::Command& command, const std::string& name, const std::string& text) {
    return std::ranges::count(command.environment, std::pair(name, text)) == 1;
}

}  // namespace

TEST_CASE("the engine fits the program's MPI, the launchers and the allocation") {
    struct Case {
        const char* what;
        PlanFacts facts;
        Engine engine;
    };
    const std::vector<Case> cases{
        {"Open MPI, both launchers", machine(open_mpi_4), Engine::open_mpi},
        {"MPICH, both launchers", machine(mpich), Engine::hydra},
        {"no MPI, both launchers", machine(nothing), Engine::open_mpi},
        {"a script, both launchers", machine(script), Engine::open_mpi},
        {"no MPI, hydra alone", without_open_mpi(machine(nothing)), Engine::hydra},
        {"Open MPI in Slurm", in_slurm(machine(open_mpi_4)), Engine::open_mpi},
        {"Open MPI in Slurm without mpirun", in_slurm(without_open_mpi(machine(open_mpi_4))), Engine::srun},
        {"Open MPI 5 in Slurm, mpirun of 4", in_slurm(machine(open_mpi_5)), Engine::srun},
        {"MPICH in Slurm without hydra", in_slurm(without_hydra(machine(mpich))), Engine::srun},
        {"the standard ABI", machine({.mpi = Mpi::either}), Engine::open_mpi},
    };
    for (const auto& one : cases) {
        INFO(one.what);
        CHECK(choose_engine(options(2), one.facts) == one.engine);
    }
}

TEST_CASE("a refusal names the program's MPI and the launchers that are there") {
    const auto has_all = [](const std::string& text, const std::vector<std::string>& parts) {
        INFO(text);
        for (const auto& part : parts) CHECK(text.find(part) != std::string::npos);
    };
    has_all(
        refusal(options(2), without_hydra(machine(mpich))),
        {"./prog is linked with MPICH (/lib/libmpich.so.12)", "/usr/bin/mpirun (Open MPI 4)", "mpiexec.hydra first"});
    has_all(refusal(options(2), machine(open_mpi_5)),
            {"linked with Open MPI 5", "/usr/bin/mpirun (Open MPI 4), /usr/bin/mpiexec.hydra (MPICH)"});
    PlanFacts neither = without_open_mpi(without_hydra(machine(open_mpi_4)));
    has_all(refusal(options(2), neither), {"mpirun is not in PATH"});
    has_all(refusal(options(2), without_open_mpi(without_hydra(machine(mpich)))),
            {"linked with MPICH", "in PATH are: none"});
    PlanFacts missing = machine({.mpi = Mpi::open_mpi, .library = "libmpi.so.40", .missing = true});
    has_all(refusal(options(2), missing), {"libmpi.so.40", "LD_LIBRARY_PATH"});
    RunOptions forced = options(2);
    forced.engine = Engine::hydra;
    has_all(refusal(forced, machine(open_mpi_4)), {"linked with Open MPI 4"});
    CHECK(plan(forced, machine(nothing)).engine == Engine::hydra);
    forced.engine = Engine::srun;
    has_all(refusal(forced, machine(nothing)), {"srun is not in PATH"});
    RunOptions listed = options(2);
    listed.hosts = {{"a", 2}};
    PlanFacts job = in_slurm(machine(open_mpi_4));
    job.machine.job_nodes = {{"n1", 4}, {"n2", 4}};
    has_all(refusal(listed, job), {"--hosts: a is no node of Slurm job 7", "n1, n2"});
    RunOptions nested = options(2);
    nested.program = "/usr/bin/srun";
    has_all(refusal(nested, job), {"srun starts ranks too", "Slurm job 7"});
    CHECK(refusal(nested, machine(nothing)) == "(not refused)");
    listed.ranks = 5;
    listed.ranks_per_node = 2;
    has_all(refusal(listed, machine(open_mpi_4)), {"do not fit on 1 hosts"});
}

TEST_CASE("how many ranks there are when nobody says") {
    RunOptions wanted = options(0);
    CHECK(plan(wanted, machine(nothing)).ranks == 4);
    CHECK(plan(wanted, in_slurm(machine(nothing))).ranks == 8);
    wanted.threads = 2;
    CHECK(plan(wanted, machine(nothing)).ranks == 2);
    wanted.threads = 64;
    CHECK(plan(wanted, machine(nothing)).ranks == 1);
    wanted = options(0);
    wanted.hosts = {{"a", 3}, {"b", 2}};
    CHECK(plan(wanted, machine(nothing)).ranks == 5);
    wanted.ranks_per_node = 7;
    CHECK(plan(wanted, machine(nothing)).ranks == 14);
}

TEST_CASE("what cannot be on this machine is refused before mpirun hangs with it") {
    PlanFacts facts = machine(open_mpi_4);
    CHECK(refusal(options(200), facts) == "(not refused)");  // no limit is known
    facts.limits = {.files = 1'024, .processes = 32'768};
    CHECK(refusal(options(198), facts) == "(not refused)");
    CHECK(refusal(options(199), facts)
              .starts_with("199 ranks on this machine need about 1025 open files, and the limit is 1024"));
    facts.limits.files = 0;
    CHECK(refusal(options(10'000), facts) == "(not refused)");
    CHECK(refusal(options(100'000), facts)
              .starts_with("100000 ranks on this machine need about 300002 processes, and the limit is 32768"));
    RunOptions far = options(100'000);
    far.hosts = {{.name = "a", .slots = 8}};
    CHECK(refusal(far, facts) == "(not refused)");
}

TEST_CASE("more arguments than the engine passes on") {
    RunOptions wanted = options(2);
    wanted.args.assign(951, "x");
    CHECK(refusal(wanted, machine(open_mpi_4)) == "(not refused)");
    CHECK(refusal(wanted, machine(mpich)).starts_with("951 arguments are more than MPICH's hydra passes on (950)"));
    wanted.args = {std::string(65'000, 'x'), std::string(65'000, 'x')};
    CHECK(refusal(wanted, machine(open_mpi_4)) == "(not refused)");
    wanted.args.emplace_back(2'000, 'x');
    CHECK(refusal(wanted, machine(open_mpi_4)).find("bytes of arguments are more than") != std::string::npos);
    CHECK(refusal(wanted, machine(mpich)) == "(not refused)");
}

TEST_CASE("more ranks than fit with so many on each node") {
    RunOptions wanted = options(5);
    wanted.ranks_per_node = 2;
    CHECK(refusal(wanted, machine(open_mpi_4)) == "-n 5 ranks do not fit on 1 machine with --ranks-per-node 2");
    CHECK(refusal(wanted, in_slurm(machine(open_mpi_4))) == "-n 5 ranks do not fit on 2 nodes with --ranks-per-node 2");
    wanted.ranks = 4;
    CHECK(refusal(wanted, in_slurm(machine(open_mpi_4))) == "(not refused)");
    PlanFacts unknown = in_slurm(machine(open_mpi_4));
    unknown.machine.allocation.nodes = 0;
    wanted.ranks = 5;
    CHECK(refusal(wanted, unknown) == "(not refused)");
    wanted.hosts = {{.name = "a", .slots = 8}, {.name = "b", .slots = 8}};
    CHECK(refusal(wanted, machine(open_mpi_4)) == "-n 5 ranks do not fit on 2 hosts with --ranks-per-node 2");
}

TEST_CASE("Open MPI's command") {
    RunOptions wanted = options(2);
    wanted.environment = {{"K", "a=b, c"}};
    wanted.wdir = "/data dir";
    wanted.threads = 2;
    auto command = made(wanted, machine(open_mpi_4));
    CHECK(command.argv.front() == "/usr/bin/mpirun");
    CHECK(has(command, {"-n", "2", "--bind-to", "core", "--map-by", "slot:PE=2:OVERSUBSCRIBE"}));
    CHECK(has(command, {"--wdir", "/data dir"}));
    CHECK(command.argv.back() == "a b");
    CHECK(command.argv[command.argv.size() - 2].front() == '/');  // the file that was looked at, wherever the ranks are
    CHECK(command.crowded.empty());

    wanted.ranks = 3;  // three ranks of two threads on four cores: nothing is bound
    command = made(wanted, machine(open_mpi_4));
    CHECK(has(command, {"--bind-to", "none"}));
    CHECK(command.crowded == "3 ranks of 2 threads on 4 cores: oversubscribed, they take turns");

    wanted = options(2);
    wanted.bind = launch::Bind::numa;
    CHECK(has(made(wanted, machine(open_mpi_4)), {"--bind-to", "numa"}));
    wanted.ranks_per_node = 2;
    CHECK(has(made(wanted, machine(open_mpi_4)), {"--map-by", "ppr:2:node:OVERSUBSCRIBE"}));

    PlanFacts long_path = machine(open_mpi_4);
    long_path.machine.environment["TMPDIR"] = std::string(150, 'x');
    command = made(options(2), long_path);
    CHECK(sets(command, "OMPI_MCA_orte_tmpdir_base", "/tmp"));
    CHECK(command.notes.size() == 1);
}

TEST_CASE("a TMPDIR that cannot be used") {
    PlanFacts facts = machine(open_mpi_4);
    facts.machine.environment["TMPDIR"] = "/nowhere";
    CHECK(made(options(2), facts).notes.empty());
    facts.temporary_usable = false;
    const auto command = made(options(2), facts);
    CHECK(sets(command, "TMPDIR", "/tmp"));
    REQUIRE(command.notes.size() == 1);
    CHECK(command.notes.front().starts_with("TMPDIR=/nowhere is no folder that can be written to"));
}

TEST_CASE("Open MPI's command over ssh") {
    RunOptions wanted = options(0);
    wanted.hosts = {{"a", 2}, {"b", 1}};
    wanted.ssh = {"ssh", "-p", "22"};
    const PlanFacts facts = machine(open_mpi_4);
    Plan made_plan = plan(wanted, facts);
    made_plan.network = {.subnet = "10.0.0.0/24", .dead_ends = {"lo", "docker0"}};
    auto command = native_command(made_plan, facts);
    CHECK(has(command, {"--host", "a:2,b:1"}));
    CHECK(has(command, {"-n", "3"}));
    CHECK(has(command, {"--mca", "plm_rsh_agent", "ssh -p 22"}));
    CHECK(has(command, {"--mca", "btl_tcp_if_include", "10.0.0.0/24"}));
    CHECK(has(command, {"--mca", "oob_tcp_if_include", "10.0.0.0/24"}));
    CHECK(has(command, {"-x", "HECATON_EXPECTED_SIZE=3"}));
    CHECK(std::ranges::count(command.argv, "self,vader,tcp") == 1);
    made_plan.network = {.subnet = "fd00::/64", .ipv6 = true, .dead_ends = {"lo", "docker0"}};
    command = native_command(made_plan, facts);
    CHECK(has(command, {"--mca", "btl_tcp_disable_family", "4"}));
    CHECK(has(command, {"--mca", "oob_tcp_disable_ipv4_family", "1"}));
    CHECK(has(command, {"--mca", "btl_tcp_if_exclude", "lo,docker0"}));
    CHECK_FALSE(has(command, {"fd00::/64"}));
    PlanFacts theirs = facts;
    theirs.machine.environment["OMPI_MCA_btl_tcp_if_include"] = "eth0";
    CHECK_FALSE(has(native_command(made_plan, theirs), {"btl_tcp_if_exclude"}));
}

TEST_CASE("Open MPI 5's command over ssh: its daemons have parameters of their own") {
    RunOptions wanted = options(0);
    wanted.hosts = {{"a", 2}, {"b", 1}};
    wanted.ssh = {"ssh", "-p", "22"};
    PlanFacts facts = machine(open_mpi_4);
    facts.machine.open_mpi_major = 5;
    facts.linked.major = 5;
    Plan made_plan = plan(wanted, facts);
    made_plan.network = {.subnet = "10.0.0.0/24"};
    auto command = native_command(made_plan, facts);
    CHECK(has(command, {"--prtemca", "plm", "ssh"}));
    CHECK(has(command, {"--prtemca", "plm_ssh_agent", "ssh -p 22"}));
    CHECK(has(command, {"--prtemca", "prte_if_include", "10.0.0.0/24"}));
    CHECK(has(command, {"--mca", "btl_tcp_if_include", "10.0.0.0/24"}));
    CHECK(has(command, {"--mca", "btl", "self,sm,tcp"}));
    CHECK(has(command, {"--mca", "btl_tcp_disable_family", "6"}));
    CHECK(sets(command, "OMPI_MCA_reachable", "weighted"));
    made_plan.network = {.subnet = "fd00::/64", .ipv6 = true, .dead_ends = {"lo", "docker0"}};
    command = native_command(made_plan, facts);
    CHECK(has(command, {"--mca", "btl_tcp_if_exclude", "lo,docker0"}));
    CHECK(has(command, {"--prtemca", "oob_tcp_disable_ipv4_family", "1"}));
    CHECK(has(command, {"--prtemca", "prte_if_exclude", "lo,docker0"}));
    facts.machine.environment["PRTE_MCA_prte_if_include"] = "eth0";
    CHECK_FALSE(has(native_command(made_plan, facts), {"prte_if_exclude"}));
    facts.machine.environment["PRTE_MCA_plm_ssh_agent"] = "my-ssh";
    CHECK_FALSE(has(native_command(made_plan, facts), {"plm_ssh_agent"}));
}

TEST_CASE("hydra's command") {
    RunOptions wanted = options(2);
    wanted.wdir = "/w";
    auto command = made(wanted, machine(mpich));
    CHECK(command.argv[0] == "/usr/bin/mpiexec.hydra");
    CHECK(has(command, {"-n", "2", "-wdir", "/w"}));
    CHECK(sets(command, "HECATON_EXPECTED_SIZE", "2"));
    wanted.threads = 2;
    CHECK(has(made(wanted, machine(mpich)), {"-bind-to", "core:2"}));
    wanted.hosts = {{"a", 2}, {"b", 2}};
    wanted.ranks_per_node = 1;
    wanted.ssh = {"ssh", "-p", "22"};
    command = made(wanted, machine(mpich));
    CHECK(has(command, {"-ppn", "1"}));
    CHECK(has(command, {"-hosts", "a:1,b:1", "-launcher", "ssh", "-launcher-exec", "ssh"}));
    CHECK(sets(command, "HYDRA_LAUNCHER_EXTRA_ARGS", "-p 22"));
    CHECK(made(options(5), machine(mpich)).crowded == "5 ranks on 4 cores: oversubscribed, they take turns");
}

TEST_CASE("srun's command") {
    RunOptions wanted = options(6);
    wanted.engine = Engine::srun;
    wanted.threads = 2;
    wanted.ranks_per_node = 3;
    wanted.wdir = "/w";
    PlanFacts facts = in_slurm(machine(open_mpi_4));
    const auto words = made(wanted, facts).argv;
    const std::vector<std::string> head{"/usr/bin/srun",        "--ntasks=6", "--ntasks-per-node=3",
                                        "--cpus-per-task=2",    "--mpi=pmix", "--cpu-bind=cores",
                                        "--kill-on-bad-exit=0", "--wait=0",   "--input=none",
                                        "--chdir=/w",           "--",         "env",
                                        "OMP_NUM_THREADS=2"};
    CHECK(std::vector<std::string>(words.begin(), words.end() - 2) == head);
    CHECK(words.back() == "a b");
    facts.linked = mpich;
    CHECK(has(made(wanted, facts), {"--mpi=pmi2"}));
    facts.linked = nothing;
    CHECK(has(made(wanted, facts), {"--mpi=none"}));
    wanted.ranks = 9;
    wanted.ranks_per_node = 5;
    const auto crowded = made(wanted, facts);
    CHECK(has(crowded, {"--overcommit"}));
    CHECK_FALSE(sets(crowded, "SLURM_EXACT", "1"));
    RunOptions on_one = options(2);
    on_one.engine = Engine::srun;
    on_one.hosts = {{"n2", 4}};
    facts.machine.job_nodes = {{"n1.cluster", 4}, {"n2.cluster", 4}};
    facts.machine.environment = {{"SLURM_CPUS_PER_TASK", "3"}, {"SLURM_EXPORT_ENV", "NONE"}};
    CHECK(has(made(on_one, facts), {"--nodes=1", "--nodelist=n2.cluster"}));
    CHECK(has(made(on_one, facts), {"--cpus-per-task=3"}));
    CHECK(sets(made(on_one, facts), "SLURM_EXPORT_ENV", "ALL"));
    CHECK(sets(made(on_one, facts), "SLURM_EXACT", "1"));
    CHECK_FALSE(crowded.crowded.empty());
}

TEST_CASE("variables of the ranks are the ranks' alone") {
    RunOptions wanted = options(2);
    wanted.program = "/p";
    wanted.threads = 2;
    wanted.environment = {{"PATH", "/only here"}, {"OMPI_MCA_btl", "self"}};
    PlanFacts slurm = in_slurm(machine(nothing));
    slurm.machine.mpirun.clear();
    slurm.machine.open_mpi_major = 0;
    slurm.hydra.clear();
    RunOptions far = wanted;
    far.hosts = {{"a", 2}, {"b", 1}};
    for (const auto& command : {made(wanted, machine(open_mpi_4)), made(wanted, machine(mpich)), made(wanted, slurm),
                                made(far, machine(open_mpi_4)), made(far, machine(mpich))}) {
        INFO(command.argv.front());
        CHECK(has(command, {"env", "PATH=/only here", "OMPI_MCA_btl=self", "OMP_NUM_THREADS=2", "/p", "a b"}));
        for (const auto& [name, text] : command.environment) CHECK((name != "PATH" && name != "OMPI_MCA_btl"));
    }
    CHECK(has(made(wanted, machine(open_mpi_4)), {"--mca", "btl", "self,vader,tcp"}));  // mpirun's own stays
    wanted.environment = {{"OMP_NUM_THREADS", "7"}};
    CHECK(has(made(wanted, machine(open_mpi_4)), {"env", "OMP_NUM_THREADS=7", "/p"}));
}

TEST_CASE("the MPI shows in the list of libraries") {
    const auto of = [](std::vector<Library> libraries) { return linked_mpi(libraries); };
    CHECK(of({{"libc.so.6", "/lib/libc.so.6"}}).mpi == Mpi::none);
    const auto four = of({{"libmpi.so.40", "/l/libmpi.so.40"}, {"libopen-pal.so.40", "/l/libopen-pal.so.40"}});
    CHECK(four.mpi == Mpi::open_mpi);
    CHECK(four.major == 4);
    CHECK(four.library == "/l/libmpi.so.40");
    CHECK(name(four) == "Open MPI 4");
    CHECK(of({{"libmpi.so.40", "/l/x"}, {"libopen-pal.so.80", "/l/y"}}).major == 5);
    CHECK(of({{"libmpi.so.12", "/l/x"}}).mpi == Mpi::mpich);
    CHECK(of({{"libmpich.so.12", "/l/x"}}).mpi == Mpi::mpich);
    CHECK(of({{"libmpi_abi.so.0", "/l/x"}}).mpi == Mpi::either);
    CHECK(of({{"libmpi.so.40", ""}}).missing);
}

TEST_CASE("libraries are found as the loader finds them") {
    const auto found = libraries("/proc/self/exe", launch::variables());
    const auto is_here = [&](const std::string& name) {
        return std::ranges::any_of(found, [&](const Library& library) {
            return library.name.starts_with(name) && library.path.starts_with('/');
        });
    };
    CHECK(is_here("libc.so"));
    CHECK(is_here("ld-linux"));  // needed by what is needed
    CHECK(linked_mpi("/usr/bin/env", launch::variables()).mpi == Mpi::none);
    CHECK(linked_mpi(__FILE__, launch::Variables{}).mpi == Mpi::unknown);
    CHECK(is_native(elf_kind("/proc/self/exe")));
    CHECK(elf_kind("/proc/self/exe").interpreter.starts_with('/'));
    CHECK(elf_kind(__FILE__).bits == 0);
    CHECK_FALSE(is_native(elf_kind(__FILE__)));
    CHECK_FALSE(read_dynamic("/dev/null").elf);
    CHECK_FALSE(read_dynamic("/nowhere").elf);
}
