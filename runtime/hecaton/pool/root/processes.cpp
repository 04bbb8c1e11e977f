#include <fmt/format.h>

#include <csignal>
#include <hecaton/foundation/error.hpp>
#include <hecaton/pool/root/processes.hpp>
#include <hecaton/pool/traffic/failure.hpp>

namespace hecaton::detail {
namespace {

constexpr double patience = 1;  // seconds between SIGTERM and SIGKILL

using Phase = ProcessState::Phase;

}  // namespace

void Processes::start(const std::shared_ptr<ProcessState>& process, const std::string& name,
                      const std::shared_ptr<const Buffer>& task) {
    const auto workers = static_cast<std::uint64_t>(lines_.workers());
    std::uint64_t id = placed_++;
    for (std::uint64_t passed = 0; passed < workers && !lines_.is_there(static_cast<int>(id % workers)); ++passed)
        id = placed_++;
    const auto worker = static_cast<int>(id % workers);
    if (!lines_.is_there(worker))
        return fail(*process,
                    std::make_exception_ptr(ProcessError("Process::start(): no rank is left to start it on")));
    process->id = id;
    process->rank = lines_.is_local(worker) ? root_ : lines_.rank(worker);
    try {
        running_[id] = {process, worker};
    } catch (...) {
        fail(*process, current_failure(no_memory_for_driving));
        throw;
    }
    const bool bulk = task->size() >= wire::smallest_bulk;
    lines_.add(worker, wire::StartProcess{
                           .id = id, .name_bytes = name.size(), .task_bytes = task->size(), .bulk = bulk ? 1U : 0U});
    wire::append(lines_.out(worker), name.data(), name.size());
    if (!bulk) wire::append(lines_.out(worker), task->bytes());
    lines_.flush(worker, bulk ? Bulk{task->data(), task->size(), task} : Bulk{});
}

void Processes::fail(ProcessState& process, std::exception_ptr error) {
    process.error = std::move(error);
    process.phase.store(Phase::failed);
    count_.fetch_sub(1);
}

void Processes::take(const wire::ProcessEvent& event) {
    const auto found = running_.find(event.id);
    if (found == running_.end()) return;
    ProcessState& state = *found->second.state;
    if (event.kind == wire::Kind::process_started) {
        state.pid = event.value;
        state.phase.store(Phase::running);
        return;
    }
    if (event.kind == wire::Kind::process_ended) {
        state.status = event.value;
        state.phase.store(Phase::ended);
    } else {
        state.error_number = event.value;
        state.phase.store(Phase::failed);
    }
    running_.erase(found);
    count_.fetch_sub(1);
}

void Processes::worker_lost(int worker) {
    for (auto at = running_.begin(); at != running_.end();) {
        const auto process = at++;
        if (process->second.worker != worker) continue;
        ProcessState& state = *process->second.state;
        if (state.phase.load() == Phase::running) {  // the kernel has killed it with its rank
            state.status = SIGKILL;
            state.phase.store(Phase::ended);
        } else {
            state.error = std::make_exception_ptr(
                ProcessError(fmt::format("Process::start(): rank {}, which was to fork it, has died", state.rank)));
            state.phase.store(Phase::failed);
        }
        running_.erase(process);
        count_.fetch_sub(1);
    }
}

void Processes::fail_all(const std::exception_ptr& error) {
    for (auto& [id, process] : running_) fail(*process.state, error);
    running_.clear();
}

void Processes::signal(const ProcessState& process, int signo) {
    const auto found = running_.find(process.id);
    if (found != running_.end()) send_signal(process.id, found->second.worker, signo);
}

void Processes::end_all(double now) {
    signal_all(SIGTERM);
    kill_at_ = now + patience;
}

void Processes::tick(double now) {
    if (!kill_at_ || now < *kill_at_) return;
    kill_at_.reset();
    signal_all(SIGKILL);
}

void Processes::signal_all(int signo) {
    for (const auto& [id, process] : running_) send_signal(id, process.worker, signo);
}

void Processes::send_signal(std::uint64_t id, int worker, int signo) {
    lines_.add(worker, wire::SignalProcess{.signo = signo, .id = id});
    lines_.flush(worker);
}

}  // namespace hecaton::detail
