// Runs side by side: they divide the slots of a batch job, and the cores of a machine.
#include <fcntl.h>

#include <set>
#include <string>
#include <support/catch.hpp>

#include <launcher/base/claim.hpp>
#include <launcher/engines/job_slots.hpp>
#include <launcher/shim/core_claims.hpp>

using namespace hecaton;
using namespace launcher;
using detail::launch::Host;
using Hosts = std::vector<Host>;

namespace {

PlanFacts job(const Hosts& nodes) {
    PlanFacts facts;
    facts.machine.allocation = {.scheduler = detail::launch::Scheduler::slurm, .job = "7"};
    facts.machine.job_nodes = nodes;
    facts.machine.mpirun = "/usr/bin/mpirun";
    facts.machine.open_mpi_major = 4;
    facts.srun = "/usr/bin/srun";
    return facts;
}

RunOptions ranks(int count) {
    RunOptions made;
    made.ranks = count;
    return made;
}

// Runs that stay, one after the other.
class Runs {
  public:
    explicit Runs(const Hosts& nodes) : facts_(job(nodes)) {}

    RunOptions next(const RunOptions& options) {
        JobSlots& slots = all_.emplace_back();
        return divide_job(options, facts_, slots, [this](const std::string& name) {
            return detail::Descriptor(names_.insert(name).second ? ::open("/dev/null", O_RDONLY) : -1);
        });
    }
    const std::string& note() const { return all_.back().note; }
    std::size_t claims() const { return all_.back().held.size(); }

  private:
    PlanFacts facts_;
    std::set<std::string> names_;
    std::vector<JobSlots> all_;
};

}  // namespace

TEST_CASE("one claim to a name at a time") {
    auto one = claim("test/one");
    CHECK(one);
    CHECK_FALSE(claim("test/one"));
    CHECK(claim("test/two"));
    one.reset();
    CHECK(claim("test/one"));
}

TEST_CASE("runs of one job get slots of their own") {
    Runs runs({{"n1", 2}, {"n2", 2}});
    CHECK(runs.next(ranks(1)).hosts.empty());  // as without others
    CHECK(runs.next(ranks(2)).hosts == Hosts{{"n1", 1}, {"n2", 1}});
    const auto rest = runs.next(ranks(0));
    CHECK(rest.hosts == Hosts{{"n2", 1}});
    CHECK(rest.ranks == 1);
    CHECK(runs.note().empty());
    const auto crowded = runs.next(ranks(2));
    CHECK(crowded.hosts.empty());
    CHECK(crowded.ranks == 2);
    CHECK(runs.note() == "other runs of hecaton have 4 of the 4 slots of Slurm job 7: they share cores with this one");
}

TEST_CASE("runs of one job, with so many ranks on a node, threads, and hosts") {
    Runs runs({{"n1", 4}, {"n2", 4}});
    RunOptions spread = ranks(0);
    spread.ranks_per_node = 1;
    CHECK(runs.next(spread).hosts.empty());
    CHECK(runs.claims() == 2);
    RunOptions wide = ranks(1);
    wide.threads = 3;
    CHECK(runs.next(wide).hosts == Hosts{{"n1", 3}});
    RunOptions there = ranks(2);
    there.hosts = {{"n2", 4}};
    CHECK(runs.next(there).hosts == Hosts{{"n2", 2}});
    RunOptions by_srun = ranks(0);
    by_srun.engine = Engine::srun;
    const auto rest = runs.next(by_srun);
    CHECK(rest.hosts.empty());
    CHECK(rest.ranks == 1);
    CHECK(runs.next(ranks(8)).hosts.empty());
    CHECK_FALSE(runs.note().empty());
}

TEST_CASE("large jobs are divided by nodes, very large ones not at all") {
    Runs large({{"n1", 200}, {"n2", 200}});
    CHECK(large.next(ranks(3)).hosts.empty());
    CHECK(large.claims() == 1);
    CHECK(large.next(ranks(150)).hosts == Hosts{{"n2", 150}});
    Runs larger(Hosts(300, {"n", 1}));
    CHECK(larger.next(ranks(3)).hosts.empty());
    CHECK(larger.claims() == 0);
    Runs none({});
    CHECK(none.next(ranks(3)).hosts.empty());
}

TEST_CASE("a bound rank keeps its cores, or gets the next ones that are free") {
    const std::vector<Core> all{{0, 4}, {1, 5}, {2, 6}, {3, 7}};
    std::set<int> taken;
    const auto take = [&](const Core& core) { return taken.insert(core.front()).second; };
    const auto one = [&](std::size_t which) { return choose_cores({all[which]}, all, take); };
    using Cores = std::vector<Core>;
    CHECK(one(0) == Cores{{0, 4}});
    CHECK(one(0) == Cores{{1, 5}});
    CHECK(one(3) == Cores{{3, 7}});
    CHECK(one(3) == Cores{{2, 6}});
    CHECK(one(1) == Cores{{1, 5}});  // shared, for all are taken
    taken = {};
    CHECK(choose_cores({{0, 4}}, {{2, 6}, {3, 7}}, take) == Cores{{2, 6}});  // under taskset
    CHECK(choose_cores({{0, 4}, {1, 5}}, {{2, 6}, {3, 7}}, take) == Cores{{2, 6}, {3, 7}});
    taken = {1};
    CHECK(choose_cores({all[0], all[1]}, all, take) == Cores{{0, 4}, {2, 6}});
}
