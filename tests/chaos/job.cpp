#include "job.hpp"

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <optional>
#include <random>
#include <set>
#include <stdexcept>
#include <thread>
#include <vector>

#include "plan.hpp"
#include "room.hpp"
#include "trace.hpp"

namespace chaos {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
using namespace std::chrono_literals;

constexpr auto hung_engine = 20s;
constexpr auto hung_rank = 5s;  // it is killed before that, unless it has nothing to do any more

// A time, and the least size of the trace.
struct Moment {
    Clock::time_point time;
    std::uintmax_t size;
};

struct Target {
    Role role;
    std::size_t weight;
};
// Role::other: all of the job at once.
constexpr Target targets[] = {{Role::worker, 8}, {Role::root, 5},     {Role::sandbox, 12},
                              {Role::zygote, 4}, {Role::shim, 3},     {Role::stub, 3},
                              {Role::engine, 4}, {Role::launcher, 3}, {Role::other, 2}};

class Job {
  public:
    Job(const Settings& settings, std::uint64_t seed, Tally& tally)
        : settings_(settings),
          seed_(seed),
          tally_(tally),
          random_(seed),
          room_(fmt::format("hecaton-chaos-{}-{}", ::getpid(), seed)),
          plan_(random_, settings.hosts, settings.whole),
          strikes_(plan_.strikes) {}

    void run() {
        furniture_ = processes_of(family_of(-1));
        expected_ = answer_of_one_process();
        say(plan_.text());
        while (!start_once()) {
        }
        if (plan_.journal) {
            if (room_.run({{settings_.launcher, "journal", "verify", room_ / "j.db"}, {}}) != 0)
                wrong("the journal is not whole at the end: " + content_of(room_ / "out"));
        }
        ++tally_.jobs;
    }

  private:
    std::uint64_t up_to(std::uint64_t most) { return random_() % (most + 1); }
    void say(const std::string& text) const {
        if (settings_.verbose) fmt::print(stderr, "chaos: job {}: {}\n", seed_, text);
    }
    [[noreturn]] void wrong(const std::string& what) const {
        std::string text = fmt::format("{}\n  {}\n", what, plan_.text());
        for (const std::string& one : happened_) text += "  " + one + "\n";
        for (const char* file : {"out", "err"})
            for (const std::string& line : lines_of(room_ / file))
                text += fmt::format("  {}: {}\n", file, line.substr(0, 300));
        throw std::runtime_error(text);
    }
    void note(const std::string& what) {
        happened_.push_back(what);
        say(what);
    }

    std::string answer_of_one_process() {
        const int status =
            room_.run({plan_.program(settings_.program, seed_, 0, room_ / "serial"), {"HECATON_RANKS=1"}});
        const auto out = lines_of(room_ / "out");
        if (status != 0 || out.size() != 1) wrong("the program itself fails");
        return out[0];
    }
    // Returns whether the job has ended well.
    bool start_once() {
        const Items committed = committed_now();
        const std::size_t begin = lines_of(room_ / "trace").size();
        deaths_ = 0;
        struck_ = broken_up_ = false;
        ++tally_.starts;
        note("started");
        const int status =
            watch(room_.start(plan_.command(settings_.launcher, settings_.program, seed_, room_ / "trace")));
        note(WIFSIGNALED(status) ? fmt::format("ended by signal {}", WTERMSIG(status))
                                 : fmt::format("ended with status {}", WEXITSTATUS(status)));
        wait_for_the_rest();
        if (const auto found = wrong_in_trace(lines_of(room_ / "trace"), begin, committed); !found.empty())
            wrong(found);
        check_answers(status == 0);
        if (status == 0) return true;
        if (!struck_) wrong("it failed although nothing was killed");
        if (!broken_up_ && deaths_ <= plan_.restarts) wrong("it was not started again");
        return false;
    }
    Items committed_now() {
        if (!plan_.journal || !std::filesystem::exists(room_ / "j.db")) return {};
        const int status =
            room_.run({{settings_.launcher, "journal", "export", "--format", "csv", room_ / "j.db"}, {}});
        if (status != 0) wrong("the journal cannot be read");
        return committed_items(lines_of(room_ / "out"));
    }
    void check_answers(bool ended_well) {
        std::size_t answers = 0;
        for (const std::string& line : lines_of(room_ / "out")) {
            if (line != expected_ && expected_.starts_with(line)) continue;  // the root was killed while it was written
            if (line != expected_) wrong("another answer than that of one process");
            ++answers;
        }
        if (ended_well && answers == 0) wrong("it ended well and gave no answer");
        if (content_of(room_ / "err").find("WRONG") != std::string::npos) wrong("a wrong result");
    }

    Family family_of(pid_t top) const {
        return {top, settings_.launcher, settings_.program, settings_.hosts.first_processes, furniture_};
    }

    // Strikes until the job has ended; returns its wait status.
    int watch(pid_t launcher) {
        const Family family = family_of(launcher);
        auto changed = Clock::now();
        std::uintmax_t size = 0;
        Moment next = any_moment(size);
        int status = 0;
        while (!reap(launcher, status)) {
            std::this_thread::sleep_for(5ms);
            const auto now = Clock::now();
            std::error_code none;
            const auto grown = std::filesystem::file_size(room_ / "trace", none);
            if (!none && grown != size) {
                size = grown;
                changed = now;
            }
            if (strikes_ > 0 && now >= next.time && size >= next.size) {
                strike(family);
                next = any_moment(size);
                changed = now;
            }
            for (const auto& [one, until] : stopped_)
                if (now >= until && !settings_.hangs) send(one, SIGCONT);
            if (plan_.without_launcher && struck_ && now - changed > hung_engine) {
                // mpirun hangs now and then when a rank dies while it says hello, and only a launcher would see that.
                ++tally_.hung_engines;
                note("mpirun hung");
                kill_all(processes_of(family));
                changed = now;
            }
            if (now - changed > settings_.limit) hangs(family);
        }
        return status;
    }
    // Often it is to be one at which items run, however long it takes until then.
    Moment any_moment(std::uintmax_t size) {
        const auto time = milliseconds(up_to(2) == 0 ? up_to(900) : up_to(150));
        return {Clock::now() + time, up_to(3) == 0 ? 0 : size + up_to(500)};
    }

    [[noreturn]] void hangs(const Family& family) {
        std::string all = "it hangs:";
        const auto processes = processes_of(family);
        for (const Process& one : processes)
            all += fmt::format(" {} {} ({})", name_of(one.role), one.pid,
                               content_of(fmt::format("/proc/{}/wchan", one.pid)));
        for (const Process& one : processes) send(one, SIGKILL);
        wrong(all);
    }

    void strike(const Family& family) {
        auto processes = processes_of(family);
        for (const Process& one : processes)
            if (one.role == Role::engine) engines_.insert(one.pid);
        if (settings_.whole) return kill_all(processes);
        if (up_to(5) == 0) return stop_for_a_moment(processes);
        const Role role = any_role(processes);
        if (role == Role::other) return kill_all(processes);
        std::erase_if(processes, [&](const Process& one) { return one.role != role; });
        const Process& victim = processes[up_to(processes.size() - 1)];
        const bool crash = (role == Role::worker || role == Role::root || role == Role::sandbox) && up_to(2) == 0;
        int signal = crash ? SIGSEGV : SIGKILL;
        if (plan_.hangs && (role == Role::worker || role == Role::root) && up_to(1) == 0) signal = SIGSTOP;
        if (!send(victim, signal)) return;
        if (signal == SIGSTOP) stopped_.emplace_back(victim, Clock::now() + hung_rank);
        --strikes_;
        struck_ = true;
        if (role == Role::worker || role == Role::root || role == Role::engine)
            ++deaths_;
        else if (role != Role::sandbox)
            broken_up_ = true;
        killed_.insert(role);
        ++tally_.kills;
        ++tally_.by_role.at(static_cast<std::size_t>(role));
        note(fmt::format("signal {} to {} {}", signal, name_of(role), victim.pid));
    }
    // One that runs.
    Role any_role(const std::vector<Process>& processes) {
        std::vector<Role> chances;
        for (const Target& target : targets)
            if (target.role == Role::other ||
                std::ranges::any_of(processes, [&](const Process& one) { return one.role == target.role; }))
                chances.insert(chances.end(), target.weight, target.role);
        return chances[up_to(chances.size() - 1)];
    }
    // As a machine that is busy: harmless.
    void stop_for_a_moment(const std::vector<Process>& processes) {
        if (processes.empty()) return;
        const Process& one = processes[up_to(processes.size() - 1)];
        // Open MPI 4's mpirun passes SIGCONT on to its daemons, and fails where they are not there yet.
        if (one.role == Role::engine && !settings_.hosts.names.empty()) return;
        if (!send(one, SIGSTOP)) return;
        note(fmt::format("{} {} stops for a moment", name_of(one.role), one.pid));
        std::this_thread::sleep_for(milliseconds(20 + up_to(200)));
        send(one, SIGCONT);
        // The process that has entered a host to start it there stops with its child.
        if (!settings_.hosts.names.empty() && processes.front().role == Role::other) send(processes.front(), SIGCONT);
        ++tally_.pauses;
    }
    void kill_all(const std::vector<Process>& processes) {
        if (processes.empty()) return;
        for (const Process& one : processes) send(one, SIGKILL);
        if (strikes_ > 0) --strikes_;
        struck_ = broken_up_ = killed_all_ = true;
        ++tally_.kills;
        ++tally_.whole_jobs;
        note("all of it is killed");
    }

    // Files may stay where all processes were killed that would remove them.
    bool may_leave_files() const {
        // A program that is its only rank.
        if (killed_all_ || (struck_ && plan_.ranks == 1 && plan_.by_itself)) return true;
        // The attendant knows of mpirun's folder only.
        if (plan_.without_launcher && (killed_.contains(Role::launcher) || killed_.contains(Role::engine))) return true;
        return killed_.contains(Role::launcher) &&
               (killed_.contains(Role::engine) || killed_.contains(Role::stub) || killed_.contains(Role::shim));
    }

    // Open MPI 4's mpirun hangs now and then when it is asked to end, and nobody is left who could kill it where the
    // launcher was killed after the shims had gone.
    void kill_engine(std::vector<Process>& left) {
        if (left.size() != 1 || !engines_.contains(left[0].pid) || !send(left[0], SIGKILL)) return;
        left.clear();
        killed_all_ = true;
        ++tally_.hung_engines;
        note("mpirun hung");
    }

    // Nothing else may stay, and no process.
    void wait_for_the_rest() {
        const Family family = family_of(-1);
        int status = 0;
        const auto begin = Clock::now();
        const auto end = begin + settings_.limit;
        for (;;) {
            reap(-1, status);
            auto left = processes_of(family);
            if (killed_.contains(Role::launcher) && Clock::now() > begin + hung_engine) kill_engine(left);
            const auto files = may_leave_files() ? std::vector<std::string>() : room_.leftovers();
            if (left.empty() && files.empty()) break;
            if (Clock::now() > end) {
                std::string what = "left behind:";
                for (const Process& one : left) what += fmt::format(" {} {}", name_of(one.role), one.pid);
                for (const std::string& file : files) what += " " + file;
                for (const Process& one : left) send(one, SIGKILL);
                wrong(what);
            }
            std::this_thread::sleep_for(10ms);
        }
        room_.remove_leftovers();
        killed_all_ = false;
        killed_.clear();
        engines_.clear();
        stopped_.clear();
    }

    const Settings& settings_;
    const std::uint64_t seed_;
    Tally& tally_;
    std::mt19937_64 random_;
    Room room_;
    const Plan plan_;
    std::uint64_t strikes_;  // that are still to come
    std::vector<Process> furniture_;
    std::string expected_;
    std::vector<std::string> happened_;
    // Of one start.
    std::uint64_t deaths_ = 0;  // after each of which it is to be started again
    bool struck_ = false;
    bool broken_up_ = false;  // by something after which it need not be started again
    bool killed_all_ = false;
    std::set<Role> killed_;
    std::set<pid_t> engines_;
    std::vector<std::pair<Process, Clock::time_point>> stopped_;  // and when they go on
};

}  // namespace

void run_job(const Settings& settings, std::uint64_t seed, Tally& tally) { Job(settings, seed, tally).run(); }

}  // namespace chaos
