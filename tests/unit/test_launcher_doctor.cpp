// The verdicts of hecaton doctor.
#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <support/catch.hpp>

#include <launcher/doctor/doctor.hpp>

using namespace hecaton::launcher;

namespace {

Patient healthy() {
    Patient patient;
    patient.program = "./prog";
    patient.facts.linked = {.mpi = Mpi::open_mpi, .major = 4, .library = "/lib/libmpi.so.40"};
    patient.facts.machine.cores = 4;
    patient.facts.machine.mpirun = "/usr/bin/mpirun";
    patient.facts.machine.open_mpi_major = 4;
    patient.hardware_threads = 4;
    patient.shared_memory = 1'000'000'000;
    patient.networks = {"10.0.0.0/24"};
    return patient;
}

Check find(const std::vector<Check>& checks, const std::string& name) {
    const auto found = std::ranges::find(checks, name, &Check::name);
    REQUIRE(found != checks.end());
    return *found;
}

}  // namespace

TEST_CASE("a healthy machine has nothing to mend") {
    const auto checks = check_machine(healthy());
    for (const auto& check : checks) {
        INFO(check.name << ": " << check.text);
        CHECK(check.verdict == Verdict::ok);
        CHECK(check.mend.empty());
    }
    CHECK(find(checks, "launcher").text == "/usr/bin/mpirun, Open MPI 4's mpirun (PMIx)");
}

TEST_CASE("each illness has its verdict and its mend") {
    struct Case {
        const char* check;
        Verdict verdict;
        const char* mend;
        void (*make_ill)(Patient&);
    };
    const std::vector<Case> cases{
        {"program", Verdict::bad, "./program", [](Patient& p) { p.program_problem = "there is no such file"; }},
        {"program", Verdict::bad, "build it",
         [](Patient& p) {
             p.facts.unfit = {"./prog is for another", "build it"};
         }},
        {"MPI", Verdict::bad, "LD_LIBRARY_PATH", [](Patient& p) { p.facts.linked.missing = true; }},
        {"launcher", Verdict::bad, "openmpi-bin", [](Patient& p) { p.facts.machine = {}; }},
        {"launcher", Verdict::bad, "mpich", [](Patient& p) { p.facts.linked = {.mpi = Mpi::mpich}; }},
        {"cores", Verdict::warning, "--cpus", [](Patient& p) { p.hardware_threads = 64; }},
        {"memory", Verdict::warning, "fewer ranks", [](Patient& p) { p.memory_limit = 300'000'000; }},
        {"/dev/shm", Verdict::warning, "--shm-size", [](Patient& p) { p.shared_memory = 4'000'000; }},
        {"/dev/shm", Verdict::bad, "mount -t tmpfs", [](Patient& p) { p.shared_memory = -1; }},
        {"TMPDIR", Verdict::bad, "TMPDIR=/tmp", [](Patient& p) { p.temporary_writable = false; }},
        {"TMPDIR", Verdict::warning, "TMPDIR=/tmp", [](Patient& p) { p.temporary = std::string(100, 'x'); }},
        {"memory copies", Verdict::warning, "SYS_PTRACE", [](Patient& p) { p.facts.machine.copy_allowed = false; }},
    };
    for (const auto& one : cases) {
        INFO(one.check << " " << one.mend);
        Patient patient = healthy();
        one.make_ill(patient);
        const auto check = find(check_machine(patient), one.check);
        CHECK(check.verdict == one.verdict);
        CHECK_THAT(check.mend, ContainsSubstring(one.mend));
    }
}

TEST_CASE("hosts") {
    HostAnswer good{.name = "a", .facts = {.name = "a", .networks = {"192.0.2.0/24"}, .cores = 8}};
    HostAnswer late = good;
    late.name = "b";
    late.clock_ahead = -5'200;
    HostAnswer gone{.name = "c", .problem = "it does not let us in without a password: ssh-copy-id c"};
    const auto checks = check_hosts({good, late, gone}, {});
    CHECK(find(checks, "host a").verdict == Verdict::ok);
    CHECK_THAT(find(checks, "host b").text, ContainsSubstring("5.2 s behind"));
    CHECK(find(checks, "host b").verdict == Verdict::warning);
    CHECK(find(checks, "host c").verdict == Verdict::bad);
    CHECK(find(checks, "host c").mend == "ssh-copy-id c");
    CHECK(find(checks, "network").verdict == Verdict::warning);
}

TEST_CASE("the trial") {
    CHECK(check_trial({.heard = 2, .took = std::chrono::milliseconds(120)}).verdict == Verdict::ok);
    CHECK_THAT(check_trial({.heard = 2, .took = std::chrono::milliseconds(120)}).text, ContainsSubstring("0.12 s"));

    const std::string engine = "-----\nThe session folder\ncannot be made.\n\nHost: h\n-----\n";
    const Trial refused{.status = 1, .said = engine + "hecaton: mpirun did not start all ranks\nhecaton: more\n"};
    const auto check = check_trial(refused);
    CHECK(check.verdict == Verdict::bad);
    CHECK_THAT(check.text,
               ContainsSubstring("(status 1): mpirun did not start all ranks: The session folder cannot be made."));
    CHECK_THAT(check.text, !ContainsSubstring("Host"));
    CHECK_THAT(check.mend, ContainsSubstring("hecaton run -n 2 hostname"));

    const auto late = check_trial({.status = 124, .said = "hecaton: the time limit of 10 s is over\n"});
    CHECK(late.verdict == Verdict::bad);
    CHECK_THAT(late.text, ContainsSubstring("within 10 s") && !ContainsSubstring("time limit"));
    CHECK_THAT(check_trial({.heard = 1}).text, ContainsSubstring("of 2 ranks only 1"));
    CHECK(gist({.status = 1, .said = std::string(5'000, 'x')}).size() < 400);
    const std::string around = "[h] PMIX ERROR: ERROR in file x\n-----\nIt looks like MPI_INIT failed\n-----\n";
    CHECK(gist({.status = 1, .said = around + engine}) == "The session folder cannot be made.");
    CHECK(gist({.status = 1, .said = around}) == "[h] PMIX ERROR: ERROR in file x");
    CHECK(gist({.status = 1}).empty());
}

TEST_CASE("the trial with MPI") {
    const auto after = [](int status, const std::vector<std::string>& lines) {
        Trial trial{.status = status};
        trial.mpi = {.mpi = Mpi::open_mpi, .major = 4};
        for (const auto& line : lines) hear(trial, line);
        return trial;
    };
    const std::string begun = "hecaton-trial begun";
    const std::string in_world = "hecaton-trial initialised 2 70000";
    const std::string moved = "hecaton-trial exchanged 400";
    const std::string ended = "hecaton-trial ended";

    const auto good =
        after(0, {begun, begun, in_world, "hecaton-trial initialised 2 90000", moved, moved, ended, ended});
    CHECK(good.init == std::chrono::milliseconds(90));
    CHECK(check_trial(good).verdict == Verdict::ok);
    CHECK_THAT(check_trial(good).text,
               ContainsSubstring("met in Open MPI 4: MPI_Init took 0.09 s") && ContainsSubstring("0.4 ms"));

    const auto alone = after(0, {begun, "hecaton-trial initialised 1 9", moved, ended, begun, in_world, moved, ended});
    CHECK(check_trial(alone).verdict == Verdict::bad);
    CHECK_THAT(check_trial(alone).text, ContainsSubstring("a world of 1"));

    CHECK(stage(after(1, {begun})).empty());
    CHECK(stage(after(1, {begun, begun})) == "MPI_Init");
    CHECK(stage(after(1, {begun, begun, in_world, in_world, moved})) == "an exchange of data");
    CHECK(stage(after(1, {begun, begun, in_world, in_world, moved, moved, ended})) == "MPI_Finalize");
    const auto failed = check_trial(after(1, {begun, "no such component", begun}));
    CHECK_THAT(failed.text, ContainsSubstring("failed in MPI_Init (status 1): no such component"));
    CHECK_THAT(failed.mend, ContainsSubstring("OMPI"));
    CHECK_THAT(check_trial(after(124, {begun, begun})).text,
               ContainsSubstring("did not come out of MPI_Init within 10 s"));
    const auto broken = check_trial(after(1, {"hecaton-trial broken MPI cannot be loaded: libx.so.1: none"}));
    CHECK(broken.verdict == Verdict::bad);
    CHECK_THAT(broken.text, ContainsSubstring("MPI cannot be loaded: libx.so.1: none"));
}

TEST_CASE("the JSON can be read again, whatever is in it") {
    const std::vector<Check> checks{{"a", Verdict::ok, "quote \" and \\ and \xff"}, {"b", Verdict::bad, "x", "y\nz"}};
    const auto read = nlohmann::json::parse(as_json(checks));
    CHECK(read["ok"] == false);
    CHECK(read["checks"].size() == 2);
    CHECK(read["checks"][1]["mend"] == "y\nz");
    CHECK(read["checks"][1]["verdict"] == "bad");
    CHECK_THAT(as_table(checks), ContainsSubstring("mend: y"));
}

TEST_CASE("what a far machine says of itself survives greetings around it") {
    HostFacts facts{.name = "h"};
    facts.program = "./x: there is no such file";
    facts.folder = "No such file or directory";
    facts.unfit = one_line({.what = "./x needs liby.so", .mend = "install it"});
    facts.networks = {"10.0.0.0/24", "fd00::/64"};
    facts.dead_ends = {"lo", "docker0"};
    facts.time = 1'700'000'000'123;
    facts.cores = 3;
    const auto found = decode_host_facts("Welcome!\n{\"name\":\"impostor\"}\n" + encode(facts) + "bye\n");
    REQUIRE(found);
    const HostFacts& back = *found;
    CHECK(back.name == "h");
    CHECK(back.program == facts.program);
    CHECK(back.folder == facts.folder);
    CHECK(back.unfit == "./x needs liby.so: install it");
    CHECK(back.networks == facts.networks);
    CHECK(back.dead_ends == facts.dead_ends);
    CHECK(back.time == facts.time);
    CHECK(back.cores == 3);
    CHECK_FALSE(decode_host_facts("Welcome!\n"));
    CHECK_FALSE(decode_host_facts("hecaton-host-facts"));
    CHECK_FALSE(decode_host_facts("hecaton-host-facts [1]\n"));
    CHECK_FALSE(decode_host_facts("hecaton-host-facts {\"name\":\"h\n"));
    const auto odd = decode_host_facts(
        "hecaton-host-facts {\"name\":7,\"cores\":1e300,\"time\":-1,\"new\":{},\"networks\":[1,\"n\"]}\r\n");
    REQUIRE(odd);
    CHECK(odd->name.empty());
    CHECK(odd->cores == 0);
    CHECK(odd->time == -1);
    CHECK(odd->networks == std::vector<std::string>{"n"});
}
