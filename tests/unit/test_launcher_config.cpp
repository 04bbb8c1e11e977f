// The files in which a site and a user set what all of their jobs have.
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <support/catch.hpp>

#include <launcher/base/refusal.hpp>
#include <launcher/jobs/config.hpp>

using namespace hecaton::launcher;
using namespace hecaton::launcher::jobs;

using Catch::Matchers::EndsWith;

namespace {

class Files {
  public:
    Files() { std::filesystem::create_directories(folder_); }
    ~Files() { std::filesystem::remove_all(folder_); }
    std::string operator()(const std::string& name, const std::string& text) const {
        const auto file = folder_ / name;
        std::filesystem::create_directories(file.parent_path());
        std::ofstream(file) << text;
        return file.string();
    }
    std::string folder() const { return folder_.string(); }

  private:
    std::filesystem::path folder_ =
        std::filesystem::temp_directory_path() / ("hecaton-config-" + std::to_string(::getpid()));
};

}  // namespace

TEST_CASE("the command line counts before the user's file, and that before the site's") {
    const Files files;
    const auto site = files("site.toml", R"(scheduler = "slurm"
account = "site"
modules = ["gcc/12"]
[slurm]
partition = "normal"  # only there
directives = ["--constraint=ib"]
[pbs]
queue = "workq"
[env]
OMP_PROC_BIND = "close"
)");
    const auto user =
        files("user.toml", "account = \"mine\"\nmodules = [\"openmpi\"]\n[env]\nOMP_PROC_BIND = \"spread\"\n");
    CHECK(configured_scheduler({site, user}) == "slurm");
    SubmitOptions options;
    options.modules = {"last"};
    fill_in(options, "slurm", {site, user});
    CHECK(options.account == "mine");
    CHECK(options.queue == "normal");
    CHECK(options.modules == std::vector<std::string>{"gcc/12", "openmpi", "last"});
    CHECK(options.directives == std::vector<std::string>{"--constraint=ib"});
    CHECK(options.set.at("OMP_PROC_BIND") == "spread");
    SubmitOptions other;
    other.account = "given";
    fill_in(other, "pbs", {site, user});
    CHECK(other.account == "given");
    CHECK(other.queue == "workq");
    CHECK(other.directives.empty());
}

TEST_CASE("what a job asks for may be set, too") {
    const Files files;
    const auto site = files("site.toml", R"(nodes = 2
ranks-per-node = 64
time = "1h30m"
mem = "4G"
threads = 2
exclusive = true
[pbs]
gpus-per-rank = 1
mem = "0.5T"
)");
    const auto user = files("user.toml", "exclusive = false\ntime = \"10m\"\n");
    SubmitOptions options;
    fill_in(options, "slurm", {site});
    CHECK(options.nodes == 2);
    CHECK(options.ranks_per_node == 64);
    CHECK(options.time == std::chrono::minutes(90));
    CHECK(options.memory == 4096);
    CHECK(options.threads == 2);
    CHECK(options.gpus_per_rank == 0);
    CHECK(options.exclusive);
    options = {};
    options.memory = 7;
    fill_in(options, "pbs", {site, user});
    CHECK(options.time == std::chrono::minutes(10));
    CHECK(options.memory == 7);
    CHECK(options.gpus_per_rank == 1);
    CHECK_FALSE(options.exclusive);
    options = {.exclusive = true};
    fill_in(options, "pbs", {site, user});
    CHECK(options.exclusive);
    CHECK(options.memory == 512 * 1024);
}

TEST_CASE("the number of ranks on the command line counts before what is usual") {
    const Files files;
    const auto site = files("site.toml", "nodes = 2\nranks-per-node = 64\n[local]\nranks-per-node = 3\n");
    const auto filled = [&](SubmitOptions options, const char* scheduler = "slurm") {
        fill_in(options, scheduler, {site});
        return std::pair(options.nodes, options.ranks_per_node);
    };
    CHECK(filled({.nodes = 5}) == std::pair(5, 64));
    CHECK(filled({.ranks_per_node = 5}) == std::pair(2, 5));
    CHECK(filled({.ranks = 16}) == std::pair(0, 0));
    CHECK(filled({.ranks = 200}) == std::pair(0, 64));  // four nodes
    CHECK(filled({.nodes = 1, .ranks = 200}) == std::pair(1, 0));
    CHECK(filled({}, "local") == std::pair(0, 3));  // a cluster's nodes are none of this machine
}

TEST_CASE("a file that is not as it should be is named") {
    const Files files;
    for (const char* bad : {"account = 3\n", "acount = \"x\"\n", "modules = \"gcc\"\n", "[nothing]\n", "account = \n",
                            "[slurm]\n[slurm.pbs]\n", "[env]\nX = 1\n", "\"\n", "mem = 4\n", "mem = \"4X\"\n",
                            "time = \"soon\"\n", "time = \"0\"\n", "nodes = \"2\"\n", "nodes = 0\n", "nodes = 1.5\n",
                            "threads = -1\n", "exclusive = \"yes\"\n", "restarts = 3\n"}) {
        CAPTURE(bad);
        const auto file = files("bad.toml", bad);
        SubmitOptions options;
        CHECK_THROWS_WITH(fill_in(options, "slurm", {file}), ContainsSubstring("bad.toml"));
        CHECK_THROWS_AS(configured_scheduler({file}), Refusal);
    }
}

TEST_CASE("a key that is not known is refused with its line and the one that may be meant") {
    const Files files;
    const auto refusal = [&](const char* text) {
        SubmitOptions options;
        try {
            fill_in(options, "slurm", {files("my.toml", text)});
        } catch (const Refusal& refused) {
            CHECK(refused.status() == wrong_command_line);
            return std::string(refused.what());
        }
        return std::string("no refusal");
    };
    CHECK_THAT(refusal("# mine\n\nacount = \"x\"\n"),
               EndsWith("/my.toml, line 3: acount is not known; is it account?"));
    CHECK_THAT(refusal("memory = \"4G\"\n"), EndsWith("line 1: memory is not known; is it mem?"));
    CHECK_THAT(refusal("[slrum]\nqos = \"x\"\n"), EndsWith("line 1: slrum is not known; is it slurm?"));
    CHECK_THAT(refusal("[slurm]\nqueues = \"x\"\n"), EndsWith("line 2: queues is not known; is it queue?"));
    CHECK_THAT(refusal("colour = \"x\"\n"), ContainsSubstring("ranks-per-node") && ContainsSubstring("flux"));
    CHECK_THAT(refusal("qos = \"x\"\nmem = \"x\"\n"), EndsWith("line 2: mem x: write a size like 512M, 4G or 1T"));
    CHECK_THAT(refusal("[env]\nX = 1\n"), EndsWith("line 2: env.X: write a text, in quotes"));
}

TEST_CASE("where the files are") {
    const Files files;
    const auto site = files("site.toml", "");
    const auto user = files(".config/hecaton/config.toml", "");
    CHECK(config_files({{"HECATON_SITE", site}, {"HOME", files.folder()}}) == std::vector<std::string>{site, user});
    CHECK(config_files({{"HECATON_SITE", site}, {"XDG_CONFIG_HOME", files.folder() + "/none"}}) ==
          std::vector<std::string>{site});
    CHECK_THROWS_WITH(config_files({{"HECATON_SITE", "/not/there"}}), ContainsSubstring("HECATON_SITE"));
}
