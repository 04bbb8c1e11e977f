// The driver's part in Process: where processes go, and what comes back from them.
#include <hecaton/pool/root/driver.hpp>

namespace hecaton::detail {

using Phase = ProcessState::Phase;

void Driver::start_process(std::shared_ptr<ProcessState> process, std::string name,
                           std::shared_ptr<const Buffer> task) {
    open_jobs_.fetch_add(1);
    post([this, process = std::move(process), name = std::move(name), task = std::move(task)] {
        place_process(process, name, task);
    });
    start_background();
}

// One worker after the other, the root's own included.
void Driver::place_process(const std::shared_ptr<ProcessState>& process, const std::string& name,
                           const std::shared_ptr<const Buffer>& task) {
    const std::uint64_t id = processes_placed_++;
    const auto worker = static_cast<std::size_t>(id % slots_.size());
    process->id = id;
    process->rank = slots_[worker].rank < 0 ? setup_.root.rank : slots_[worker].rank;
    processes_[id] = {process, static_cast<int>(worker)};
    if (pool_error_) return fail_processes();
    const bool bulk = task->size() >= wire::smallest_bulk;
    Buffer& out = slots_[worker].out;
    wire::append_record(
        out,
        wire::StartProcess{.id = id, .name_bytes = name.size(), .task_bytes = task->size(), .bulk = bulk ? 1U : 0U});
    wire::append(out, name.data(), name.size());
    if (!bulk) wire::append(out, task->bytes());
    flush(static_cast<int>(worker), bulk ? Bulk{task->data(), task->size(), task} : Bulk{});
}

void Driver::process_event(const wire::ProcessEvent& event) {
    const auto found = processes_.find(event.id);
    if (found == processes_.end()) return;
    ProcessState& state = *found->second.state;
    if (event.kind == wire::Kind::process_started) {
        state.pid = event.value;
        state.phase.store(Phase::running);
        return wake_waiters();
    }
    if (event.kind == wire::Kind::process_ended) {
        state.status = event.value;
        state.phase.store(Phase::ended);
    } else {
        state.error_number = event.value;
        state.phase.store(Phase::failed);
    }
    processes_.erase(found);
    open_jobs_.fetch_sub(1);
    wake_waiters();
}

// Nothing more will be heard from them.
void Driver::fail_processes() {
    for (auto& [id, process] : processes_) {
        process.state->error = pool_error_;
        process.state->phase.store(Phase::failed);
        open_jobs_.fetch_sub(1);
    }
    processes_.clear();
    wake_waiters();
}

void Driver::signal_process(std::shared_ptr<const ProcessState> process, int signo) {
    post([this, process = std::move(process), signo] {
        if (processes_.contains(process->id)) send_signal(process->id, signo);
    });
    wake();
}

void Driver::send_signal(std::uint64_t process, int signo) {
    const int worker = processes_.at(process).worker;
    wire::append_record(slots_[static_cast<std::size_t>(worker)].out,
                        wire::SignalProcess{.signo = signo, .id = process});
    flush(worker);
}

void Driver::signal_all_processes(int signo) {
    for (const auto& [id, process] : processes_) send_signal(id, signo);
}

}  // namespace hecaton::detail
