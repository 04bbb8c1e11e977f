// The limits of control groups, read from trees of files like those that kernels and containers show.
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <hecaton/foundation/cgroup.hpp>
#include <string>
#include <support/catch.hpp>

namespace cgroup = hecaton::detail::cgroup;
namespace fs = std::filesystem;

namespace {

// A folder that stands for the root of a file system.
class Tree {
  public:
    Tree() {
        std::string name = (fs::temp_directory_path() / "hecaton-cgroup-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        root_ = name;
    }
    ~Tree() { fs::remove_all(root_); }
    Tree(const Tree&) = delete;
    Tree& operator=(const Tree&) = delete;

    Tree& file(const std::string& name, const std::string& text) {
        const fs::path path = root_ / name;
        fs::create_directories(path.parent_path());
        std::ofstream(path) << text;
        return *this;
    }
    // What the kernel says of this process's groups, and of the mounts.
    Tree& groups(const std::string& text) { return file("proc/self/cgroup", text); }
    Tree& mounts(const std::string& text) { return file("proc/self/mountinfo", text); }

    const fs::path& root() const { return root_; }

  private:
    fs::path root_;
};

constexpr const char* version_2 = "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n";
constexpr const char* version_1 =
    "31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755\n"
    "32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw shared:1 master:2 - cgroup cgroup rw,cpu,cpuacct\n"
    "33 31 0:30 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset\n"
    "35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
    "39 31 0:36 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids\n";

void check_nothing(const Tree& tree) {
    CHECK_FALSE(cgroup::cpu_quota(tree.root()));
    CHECK_FALSE(cgroup::memory_limit(tree.root()));
    CHECK_FALSE(cgroup::process_limit(tree.root()));
    CHECK(cgroup::out_of_memory_kills(tree.root()) == -1);
}

}  // namespace

TEST_CASE("Version 2: the tightest limit of all groups around the process counts") {
    Tree tree;
    tree.groups("0::/system.slice/slurmstepd.scope/job_7/step_0\n").mounts(version_2);
    const std::string slice = "sys/fs/cgroup/system.slice/";
    const std::string job = slice + "slurmstepd.scope/job_7/";
    tree.file("sys/fs/cgroup/cpu.stat", "usage_usec 1\n");
    tree.file(slice + "memory.max", "8000000000\n").file(slice + "cpu.max", "400000 100000\n");
    tree.file(slice + "pids.max", "max\n");
    tree.file(job + "memory.max", "2000000000\n").file(job + "cpu.max", "150000 100000\n");
    tree.file(job + "pids.max", "500\n");
    tree.file(job + "step_0/memory.max", "max\n").file(job + "step_0/cpu.max", "max 100000\n");
    tree.file(job + "step_0/pids.max", "900\n");
    tree.file(job + "step_0/memory.events", "low 0\nhigh 0\nmax 4\noom 2\noom_kill 2\noom_group_kill 0\n");
    tree.file(slice + "memory.events", "oom_kill 77\n");
    CHECK(cgroup::cpu_quota(tree.root()) == 1.5);
    CHECK(cgroup::memory_limit(tree.root()) == 2'000'000'000);
    CHECK(cgroup::process_limit(tree.root()) == 500);
    CHECK(cgroup::out_of_memory_kills(tree.root()) == 2);
}

TEST_CASE("Version 2: a group without the memory controller is counted in the one around it") {
    Tree tree;
    tree.groups("0::/user.slice/session-1.scope\n").mounts(version_2);
    tree.file("sys/fs/cgroup/user.slice/session-1.scope/cgroup.procs", "");
    tree.file("sys/fs/cgroup/user.slice/memory.events", "oom 5\noom_kill 5\n");
    CHECK(cgroup::out_of_memory_kills(tree.root()) == 5);
}

TEST_CASE("Version 1: each controller has its own tree, and says in its own way that there is no limit") {
    Tree tree;
    tree.groups(
            "12:pids:/slurm/job_7\n9:memory:/slurm/job_7\n4:cpu,cpuacct:/slurm/job_7\n3:cpuset:/\n1:name=systemd:/x\n")
        .mounts(version_1);
    const std::string top = "sys/fs/cgroup/";
    tree.file(top + "cpu,cpuacct/slurm/job_7/cpu.cfs_quota_us", "-1\n");
    tree.file(top + "cpu,cpuacct/slurm/job_7/cpu.cfs_period_us", "100000\n");
    tree.file(top + "cpu,cpuacct/slurm/cpu.cfs_quota_us", "50000\n");
    tree.file(top + "cpu,cpuacct/slurm/cpu.cfs_period_us", "100000\n");
    tree.file(top + "memory/slurm/job_7/memory.limit_in_bytes", "9223372036854771712\n");
    tree.file(top + "memory/memory.limit_in_bytes", "9223372036854771712\n");
    tree.file(top + "memory/slurm/job_7/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 3\n");
    tree.file(top + "pids/slurm/pids.max", "64\n");
    CHECK(cgroup::cpu_quota(tree.root()) == 0.5);
    CHECK_FALSE(cgroup::memory_limit(tree.root()));
    CHECK(cgroup::process_limit(tree.root()) == 64);
    CHECK(cgroup::out_of_memory_kills(tree.root()) == 3);
    tree.file(top + "memory/slurm/memory.limit_in_bytes", "1000000\n");
    CHECK(cgroup::memory_limit(tree.root()) == 1'000'000);
}

TEST_CASE("Hybrid: a controller that no tree of version 1 has is in version 2's") {
    Tree tree;
    tree.groups("9:memory:/job\n1:name=systemd:/job\n0::/job\n");
    tree.mounts(
        "35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
        "40 31 0:37 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,xattr,name=systemd\n"
        "41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n");
    tree.file("sys/fs/cgroup/memory/job/memory.limit_in_bytes", "4096\n");
    tree.file("sys/fs/cgroup/unified/job/memory.max", "1\n");  // not that of this controller
    tree.file("sys/fs/cgroup/unified/job/pids.max", "20\n");
    CHECK(cgroup::memory_limit(tree.root()) == 4'096);
    CHECK(cgroup::process_limit(tree.root()) == 20);
}

TEST_CASE("A container sees its own group where the hierarchy is mounted") {
    Tree tree;
    tree.file("sys/fs/cgroup/memory.max", "5000\n").file("sys/fs/cgroup/inner/memory.max", "7000\n");
    SECTION("in a namespace of groups") { tree.groups("0::/\n").mounts(version_2); }
    SECTION("in a namespace, one group further in") { tree.groups("0::/inner\n").mounts(version_2); }
    SECTION("without one, and a mount that begins at its group") {
        tree.groups("0::/docker/abc/inner\n").mounts("30 23 0:26 /docker/abc /sys/fs/cgroup ro - cgroup2 cgroup rw\n");
    }
    SECTION("without one, and a path that is not there") { tree.groups("0::/docker/abc\n").mounts(version_2); }
    SECTION("a mount that begins at another group") {
        tree.groups("0::/docker/abcde\n").mounts("30 23 0:26 /docker/abc /sys/fs/cgroup ro - cgroup2 cgroup rw\n");
    }
    SECTION("a group outside of the namespace") { tree.groups("0::/../../other\n").mounts(version_2); }
    SECTION("a mount that begins outside of the namespace") {
        tree.groups("0::/\n").mounts("30 23 0:26 /../.. /sys/fs/cgroup ro - cgroup2 cgroup rw\n");
    }
    CHECK(cgroup::memory_limit(tree.root()) == 5'000);
}

TEST_CASE("Of several mounts the one that shows most groups is read, and names may have spaces") {
    Tree tree;
    tree.groups("0::/a b/c\n");
    tree.mounts(std::string("29 23 0:26 /a\\040b/c /own\\040group rw - cgroup2 cgroup2 rw\n") + version_2 +
                "33 23 0:26 /elsewhere /else rw - cgroup2 cgroup2 rw\n");
    tree.file("own group/memory.max", "max\n").file("else/memory.max", "1\n");
    tree.file("sys/fs/cgroup/a b/memory.max", "300\n");
    CHECK(cgroup::memory_limit(tree.root()) == 300);
}

TEST_CASE("Where nothing is known there is no limit") {
    Tree tree;
    SECTION("no files at all") {}
    SECTION("no mounts") { tree.groups("0::/a\n"); }
    SECTION("no group") { tree.mounts(version_2); }
    SECTION("files without values") {
        tree.groups("0::/\n").mounts(version_2);
        tree.file("sys/fs/cgroup/cpu.max", "").file("sys/fs/cgroup/memory.max", "much\n");
    }
    SECTION("nonsense") {
        tree.groups("\n:\n0\n0:\n::::\n0::\n").mounts("\n1\n1 2 3\n- - -\n1 2 3 / / - cgroup2\n\\0 \\ \\04 \\040\n");
    }
    check_nothing(tree);
}

TEST_CASE("The machine counts kills where no group does") {
    Tree tree;
    tree.file("proc/vmstat", "nr_free_pages 1234\noom_kill 6\nswap_ra 0\n");
    CHECK(cgroup::out_of_memory_kills(tree.root()) == 6);
}

TEST_CASE("This process's own groups can be read") {
    if (const auto cores = cgroup::cpu_quota()) CHECK(*cores > 0);
    if (const auto bytes = cgroup::memory_limit()) CHECK(*bytes > 0);
    if (const auto number = cgroup::process_limit()) CHECK(*number > 0);
    CHECK(cgroup::out_of_memory_kills() >= -1);
}
