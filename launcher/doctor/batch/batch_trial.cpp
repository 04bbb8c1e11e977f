#include <launcher/doctor/batch/batch_trial.hpp>

#include <signal.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <hecaton/foundation/host.hpp>
#include <hecaton/launch/environment.hpp>
#include <optional>
#include <sstream>
#include <thread>
#include <utility>

#include <launcher/base/files.hpp>
#include <launcher/base/refusal.hpp>
#include <launcher/doctor/trial_rank.hpp>
#include <launcher/jobs/jobs.hpp>
#include <launcher/jobs/patience.hpp>
#include <launcher/jobs/truth.hpp>
#include <launcher/program/mpi_library.hpp>

namespace hecaton::launcher {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;
using End = BatchTrial::End;

constexpr auto longest_run = batch_trial_time + 180s;  // batch systems look at limits now and then only

volatile std::sig_atomic_t came = 0;

extern "C" void note_signal(int signal) { came = signal; }

// While there is one, signals that would end the process are noted.
class Interruption {
  public:
    Interruption() {
        came = 0;
        struct sigaction action {};
        action.sa_handler = note_signal;
        for (std::size_t i = 0; i < signals.size(); ++i) ::sigaction(signals[i], &action, &before_[i]);
    }
    ~Interruption() {
        for (std::size_t i = 0; i < signals.size(); ++i) ::sigaction(signals[i], &before_[i], nullptr);
    }
    Interruption(const Interruption&) = delete;
    Interruption& operator=(const Interruption&) = delete;

    static int signal() { return came; }

  private:
    static constexpr std::array signals{SIGINT, SIGTERM, SIGHUP};
    std::array<struct sigaction, signals.size()> before_{};
};

SubmitOptions trial_job(const SubmitOptions& wishes, const std::string& program) {
    SubmitOptions job = wishes;
    job.name = "hecaton-doctor";
    job.time = batch_trial_time;
    job.set["HECATON_TIMEOUT"] = std::to_string(batch_trial_limit.count()) + "s";
    job.program = detail::host::executable();
    job.args = {trial_word, program.empty() ? any_mpi : program};
    return job;
}

// The MPI of the program, where its ranks use that.
Linked linked_with(const std::string& program) {
    const Linked linked = linked_mpi(program, detail::launch::variables());
    return linked.mpi == Mpi::open_mpi || linked.mpi == Mpi::mpich ? linked : Linked{};
}

// What its ranks have printed, and all others. A file system of several machines may show that late.
void read_output(const jobs::Job& job, Trial& trial) {
    const auto last = clock::now() + 10s;
    const Trial before = trial;
    for (;;) {
        trial = before;
        std::istringstream lines(text_of(job.file("out")));
        for (std::string line; std::getline(lines, line);) hear(trial, line);
        trial.said += text_of(job.folder + "/batch.out") + text_of(job.file("err"));
        if (trial.status != 0 || trial.heard >= trial.ranks || clock::now() >= last) return;
        std::this_thread::sleep_for(500ms);
    }
}

void take_end(const jobs::Known& known, BatchTrial& made) {
    made.trial.status = jobs::status_of(known);
    made.state = batch::name(known.state);
    made.why = known.why;
    if (known.record && known.record->ended > 0) {
        const double took = known.record->ended - known.record->begun;
        made.trial.took = std::chrono::milliseconds(static_cast<long>(1e3 * std::max(0.0, took)));
        made.in_queue =
            std::chrono::seconds(static_cast<long>(std::max(0.0, known.record->begun - known.job.submitted)));
    }
    read_output(known.job, made.trial);
}

// Until it has ended, or is not to be waited for any more.
jobs::Known wait_for(const jobs::Job& job, std::chrono::milliseconds patience, BatchTrial& made) {
    jobs::Patience pauses({job});
    auto end = clock::now() + patience;
    bool began = false;
    for (;;) {
        auto known = jobs::look_at({job}).front();
        made.end = End::over;
        if (known.ended()) return known;
        made.end = End::interrupted;
        if (Interruption::signal() != 0) return known;
        const bool runs = known.state == batch::State::running || known.state == batch::State::suspended;
        if (runs && !std::exchange(began, true)) end = clock::now() + longest_run;
        made.end = began ? End::overdue : known.state == batch::State::unknown ? End::silent : End::waiting;
        if (clock::now() >= end) return known;
        pauses.pause([&] { return Interruption::signal() != 0 || clock::now() >= end; });
    }
}

}  // namespace

BatchTrial try_batch(const SubmitOptions& wishes, const std::string& program, std::chrono::milliseconds patience) {
    BatchTrial made{.nodes = std::max(1, wishes.nodes)};
    made.trial.ranks = made.nodes * std::max(1, wishes.ranks_per_node);
    made.trial.limit = batch_trial_limit;
    if (!program.empty()) made.trial.mpi = linked_with(program);
    const Interruption interruption;
    jobs::Job job;
    try {
        job = jobs::submit(trial_job(wishes, program));
    } catch (const Refusal& refusal) {
        made.end = Interruption::signal() != 0 ? End::interrupted : End::refused;
        made.why = refusal.what();
        made.signal = Interruption::signal();
        return made;
    }
    made.job = job.id();
    made.folder = job.folder;
    const auto known = wait_for(job, patience, made);
    made.signal = Interruption::signal();
    made.why = known.why;
    if (made.end == End::over) take_end(known, made);
    made.cancelled = made.end != End::over && jobs::withdraw(job);
    const bool gone = made.end == End::over || made.cancelled;
    const bool of_use = made.end == End::over ? !well(made.trial) : made.end == End::overdue;
    if (!gone || of_use) return made;
    jobs::clear_away(job);
    made.folder.clear();
    return made;
}

}  // namespace hecaton::launcher
