// Kills random processes of jobs at random moments: ranks, the root, sandboxes, zygotes, shims, mpirun, the launcher,
// and all of them. Each job is started again until it ends well, and then has the answer of one process; nothing that
// the journal had is computed again, nothing hangs, and no process and no file is left.
//
//     chaos LAUNCHER PROGRAM [--seed N] [--kills N | --for 1h] [--jobs N] [--lanes N] [--hangs] [--whole] [--verbose]
//           [--on COMMAND --host NAME:PID ...]
//
// With --whole each strike kills all of the job at once. With --host the jobs run on hosts that are namespaces of this
// machine; PID is the first process of each. `COMMAND NAME words...` runs the words there.
//
// Jobs have the seeds N, N+1 and so on. A job that fails says its own; `--seed THAT --jobs 1` strikes it again in the
// same way, as far as the moments are the same.
#include <fmt/core.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <exception>
#include <filesystem>
#include <new>
#include <string>
#include <string_view>
#include <vector>

#include "job.hpp"
#include "room.hpp"

namespace {

using namespace chaos;

constexpr int skipped = 77;

std::chrono::seconds duration(const std::string& text) {
    char* unit = nullptr;
    const long count = std::strtol(text.c_str(), &unit, 10);
    return std::chrono::seconds(count * (*unit == 'h' ? 3'600 : *unit == 'm' ? 60 : 1));
}

bool read(int argc, char** argv, Settings& settings) {
    if (argc < 3) return false;
    settings.launcher = std::filesystem::canonical(argv[1]);
    settings.program = std::filesystem::canonical(argv[2]);
    for (int i = 3; i < argc; ++i) {
        const std::string_view option = argv[i];
        if (option == "--hangs" || option == "--whole" || option == "--verbose") {
            (option == "--hangs" ? settings.hangs : option == "--whole" ? settings.whole : settings.verbose) = true;
            continue;
        }
        if (++i == argc) return false;
        const std::string value = argv[i];
        if (option == "--seed")
            settings.seed = std::strtoull(value.c_str(), nullptr, 10);
        else if (option == "--kills")
            settings.kills = std::atol(value.c_str());
        else if (option == "--jobs")
            settings.jobs = std::atol(value.c_str());
        else if (option == "--lanes")
            settings.lanes = std::atoi(value.c_str());
        else if (option == "--on")
            settings.hosts.front = {value, "h1"};
        else if (option == "--host") {
            const auto colon = value.find(':');
            settings.hosts.names.push_back(value.substr(0, colon) + ":2");
            settings.hosts.first_processes.push_back(std::atoi(value.c_str() + colon + 1));
        } else if (option == "--for")
            settings.duration = duration(value);
        else
            return false;
    }
    return true;
}

// Every so many-th job, in a process of its own, until there is enough.
int run_lane(const Settings& settings, int lane, Tally& tally) {
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);  // so that no process of a job can get away
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    const bool own_shared_memory = have_own_shared_memory();
    const auto begin = std::chrono::steady_clock::now();
    const auto enough = [&] {
        if (tally.stop) return true;
        if (settings.duration.count() > 0) return std::chrono::steady_clock::now() - begin > settings.duration;
        return tally.kills >= settings.kills;
    };
    for (long i = lane; (settings.jobs == 0 || i < settings.jobs) && !enough(); i += settings.lanes) {
        const std::uint64_t seed = settings.seed + static_cast<std::uint64_t>(i);
        try {
            run_job(settings, seed, tally);
        } catch (const std::exception& error) {
            tally.stop = true;
            fmt::print(stderr, "chaos: job {}: {}\n  replay: chaos {} {} --seed {} --jobs 1 --verbose\n", seed,
                       error.what(), settings.launcher, settings.program, seed);
            return 1;
        }
    }
    return own_shared_memory ? 0 : skipped;
}

}  // namespace

int main(int argc, char** argv) {
    Settings settings;
    if (!read(argc, argv, settings)) {
        fmt::print(stderr,
                   "chaos LAUNCHER PROGRAM [--seed N] [--kills N | --for 1h] [--jobs N] [--lanes N] "
                   "[--verbose]\n");
        return 2;
    }
    for (const char* setting : {"HECATON_QUIET", "OMPI_ALLOW_RUN_AS_ROOT", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"})
        ::setenv(setting, "1", 1);
    fmt::print("chaos: seed {}\n", settings.seed);
    std::fflush(nullptr);
    void* const memory = ::mmap(nullptr, sizeof(Tally), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return 1;
    Tally& tally = *new (memory) Tally{};
    for (int lane = 0; lane < settings.lanes; ++lane)
        if (::fork() == 0) ::_exit(run_lane(settings, lane, tally));
    int worst = 0;
    int status = 0;
    while (::wait(&status) > 0) {
        const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 1;
        if (code == 1 || worst == 0) worst = code;
    }
    fmt::print("chaos: {} jobs, {} starts, {} kills, {} pauses;", tally.jobs.load(), tally.starts.load(),
               tally.kills.load(), tally.pauses.load());
    for (std::size_t i = 0; i + 1 < tally.by_role.size(); ++i)
        fmt::print(" {} {},", name_of(static_cast<Role>(i)), tally.by_role[i].load());
    fmt::print(" all {}; {} mpiruns hung\n", tally.whole_jobs.load(), tally.hung_engines.load());
    if (worst == skipped)
        fmt::print("skipped: the count of shared memory needs a /dev/shm of its own, and for that CAP_SYS_ADMIN\n");
    return worst;
}
