#include <launcher/local/runner.hpp>

#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <hecaton/foundation/host.hpp>
#include <hecaton/foundation/log.hpp>
#include <vector>

#include <launcher/base/clock.hpp>
#include <launcher/base/files.hpp>
#include <launcher/base/poll_set.hpp>
#include <launcher/base/refusal.hpp>
#include <launcher/base/signal_file.hpp>
#include <launcher/jobs/parts.hpp>
#include <launcher/local/job.hpp>

namespace hecaton::launcher::jobs {
namespace {

using batch::State;
using clock = std::chrono::steady_clock;
using std::chrono::seconds;

constexpr auto kill_wait = seconds(30);                      // between SIGTERM and SIGKILL
constexpr auto look_again = std::chrono::milliseconds(500);  // at jobs that have to end before

// As much before the limit as a pool needs to stop and to close its journal.
clock::duration warning_time(seconds limit) {
    return std::clamp<clock::duration>(limit / 10, std::min<clock::duration>(seconds(1), limit / 2), seconds(120));
}

struct Process {
    std::size_t task;
    pid_t pid;
    bool cancelled = false;
    bool over = false;  // its time
    Deadline warn = {};
    Deadline end = {};
    Deadline kill = {};
};

class Runner {
  public:
    Runner(std::string id, const Job& job, std::string script)
        : id_(std::move(id)),
          job_(job),
          script_(std::move(script)),
          signals_({SIGCHLD, SIGUSR1, SIGUSR2, SIGTERM, SIGINT, SIGHUP}) {
        state_.folder = job.folder;
        state_.name = job.request.name;
        state_.token = job.request.token;
        state_.limit = job.request.limit.count();
        state_.runner = process_name(::getpid());
        for (const auto& task : tasks_of(job)) state_.tasks.push_back({.index = task.task});
        at_once_ = job.request.array.at_once;
        if (at_once_ == 0) at_once_ = std::max(1, detail::host::cores() / std::max(1, job.request.ranks_per_node));
        wait_for_others();
    }

    void run(const std::function<void()>& ready) {
        write();
        ready();
        while (!state_.ended()) {
            start_tasks();
            PollSet files;
            files.add(signals_.get(), POLLIN);
            files.wait(next_deadline());
            take_signals();
            reap();
            keep_time();
            if (changed_) try_to_write();
        }
    }

  private:
    void write() {
        write_local(id_, state_);
        changed_ = false;
    }

    // A full disk does not end the job; the next change is another try.
    void try_to_write() {
        try {
            write();
        } catch (const Refusal& refusal) {
            detail::log::line(refusal.what());
        }
    }

    // Whether a job is still to end that has to end before. Says so in the tasks.
    bool wait_for_others() {
        const bool waits = std::ranges::any_of(job_.request.after, [](const std::string& id) {
            const auto other = read_local(id);
            return other && !other->ended();
        });
        for (auto& task : state_.tasks)
            if (task.state == State::waiting) task.reason = waits ? "after" : "turn";
        return waits;
    }

    void start_tasks() {
        bool may =
            std::ranges::any_of(state_.tasks, [](const LocalTask& task) { return task.state == State::waiting; });
        waits_ = may && !begun_ && wait_for_others();
        if (waits_) return;
        for (std::size_t i = 0; i < state_.tasks.size() && static_cast<int>(running_.size()) < at_once_; ++i)
            if (state_.tasks[i].state == State::waiting) start(i);
        begun_ = true;
        if (changed_) try_to_write();
    }

    void start(std::size_t number) {
        auto& task = state_.tasks[number];
        const pid_t pid = ::fork();
        if (pid == 0) become(task);
        task.begun = now();
        task.reason.clear();
        changed_ = true;
        if (pid < 0) return end(task, State::failed, 126);
        task.state = State::running;
        auto& process = running_.emplace_back(Process{.task = number, .pid = pid});
        if (const seconds limit = job_.request.limit; limit > seconds(0)) {
            process.end = clock::now() + limit;
            process.warn = *process.end - warning_time(limit);
        }
    }

    [[noreturn]] void become(const LocalTask& task) {
        ::setsid();
        ::prctl(PR_SET_PDEATHSIG, SIGTERM);
        if (!task.index.empty()) ::setenv("HECATON_ARRAY_INDEX", task.index.c_str(), 1);
        for (const int signal : {SIGHUP, SIGINT, SIGQUIT, SIGPIPE}) ::signal(signal, SIG_DFL);
        ::sigprocmask(SIG_SETMASK, &signals_.mask_before(), nullptr);
        ::execl("/bin/sh", "sh", script_.c_str(), nullptr);
        ::_exit(127);
    }

    void end(LocalTask& task, State state, int status) {
        task.state = state;
        task.status = status;
        task.ended = now();
        changed_ = true;
    }

    void ended(const Process& process, int how) {
        auto& task = state_.tasks[process.task];
        const int status = WIFSIGNALED(how) ? 128 + WTERMSIG(how) : WEXITSTATUS(how);
        if (status == out_of_time && !process.cancelled && task.run < job_.request.restarts) {
            ++task.run;
            task.state = State::waiting;
            changed_ = true;
        } else {
            end(task,
                status == 0         ? State::done
                : process.cancelled ? State::cancelled
                : process.over      ? State::timed_out
                                    : State::failed,
                status);
        }
    }

    void reap() {
        int how = 0;
        for (pid_t pid = 0; (pid = ::waitpid(-1, &how, WNOHANG)) > 0;) {
            const auto found = std::ranges::find(running_, pid, &Process::pid);
            if (found == running_.end()) continue;
            ::kill(-pid, SIGKILL);  // what the script has left in its group
            const Process process = *found;
            running_.erase(found);
            ended(process, how);
        }
    }

    Deadline next_deadline() const {
        Deadline next;
        if (waits_) next = clock::now() + look_again;
        for (const auto& process : running_)
            next = earlier(earlier(next, process.warn), earlier(process.end, process.kill));
        return next;
    }

    void keep_time() {
        const auto over = [](const Deadline& time) { return time && *time <= clock::now(); };
        for (auto& process : running_) {
            if (over(process.warn)) {
                process.warn.reset();
                ::kill(process.pid, SIGUSR2);
            }
            if (over(process.end)) {
                process.over = true;
                ask_to_end(process);
            }
            if (over(process.kill)) {
                process.kill.reset();
                ::kill(-process.pid, SIGKILL);
            }
        }
    }

    // As a batch system does: all processes of the script's group.
    static void ask_to_end(Process& process) {
        process.warn.reset();
        process.end.reset();
        process.kill = clock::now() + kill_wait;
        ::kill(-process.pid, SIGTERM);
    }

    void take_signals() {
        while (const auto signal = signals_.next()) {
            if (*signal == SIGTERM) cancel({});
            if (*signal == SIGUSR1) take_orders();
        }
    }

    void take_orders() {
        for (const auto& file : entries_of(local_folder(id_))) {
            const std::string name = file.filename().string();
            const auto dot = name.find('.');
            const std::string index = dot == std::string::npos ? "" : name.substr(dot + 1);
            const std::string order = name.substr(0, dot);
            if (order != cancel_file && order != warn_file) continue;
            std::error_code ignored;
            std::filesystem::remove(file, ignored);
            if (order == cancel_file)
                cancel(index);
            else
                warn(index);
        }
    }

    bool meant(const LocalTask& task, const std::string& index) const { return index.empty() || task.index == index; }

    void cancel(const std::string& index) {
        for (auto& task : state_.tasks)
            if (task.state == State::waiting && meant(task, index)) end(task, State::cancelled, 128 + SIGTERM);
        for (auto& process : running_)
            if (meant(state_.tasks[process.task], index)) {
                process.cancelled = true;
                if (!process.kill) ask_to_end(process);
            }
    }

    void warn(const std::string& index) {
        for (auto& process : running_)
            if (meant(state_.tasks[process.task], index)) {
                process.warn.reset();
                ::kill(process.pid, SIGUSR2);
            }
    }

    std::string id_;
    Job job_;
    std::string script_;
    SignalFile signals_;
    LocalJob state_;
    std::vector<Process> running_;
    int at_once_ = 1;
    bool begun_ = false;
    bool waits_ = false;
    bool changed_ = false;
};

}  // namespace

void run_local_job(const std::string& id, const Job& job, const std::string& script,
                   const std::function<void()>& ready) {
    Runner(id, job, script).run(ready);
}

}  // namespace hecaton::launcher::jobs
