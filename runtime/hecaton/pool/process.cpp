#include <fmt/format.h>
#include <sys/wait.h>

#include <atomic>
#include <csignal>
#include <hecaton/foundation/error.hpp>
#include <hecaton/pool/calls/call_guard.hpp>
#include <hecaton/pool/process.hpp>
#include <hecaton/pool/root/pool_state.hpp>
#include <hecaton/pool/root/process_state.hpp>

namespace hecaton {

using detail::ProcessState;
using Phase = ProcessState::Phase;

namespace {
std::atomic<int> processes_made{0};
}

Process::Process(Pool& pool, Encoded task)
    : pool_(detail::PoolAccess::state(pool)),
      state_(std::make_shared<ProcessState>()),
      task_(std::make_shared<const detail::Buffer>(std::move(task.bytes))),
      name_(fmt::format("Process-{}", ++processes_made)) {}

Process::Process(Process&&) noexcept = default;
Process& Process::operator=(Process&&) noexcept = default;
Process::~Process() = default;

Process& Process::name(std::string text) {
    name_ = std::move(text);
    return *this;
}

void Process::start() {
    if (!state_) throw UsageError("Process::start() was called for a Process that was moved away");
    pool_->start_process(state_, name_, task_);
    task_.reset();
}

const ProcessState& Process::started(const char* call) const {
    if (!state_) throw UsageError(fmt::format("{} was called for a Process that was moved away", call));
    const Phase phase = state_->phase.load();
    if (phase == Phase::fresh || phase == Phase::starting || (phase == Phase::failed && state_->pid == 0))
        throw UsageError(fmt::format("{} was called for {}, which was not started: call start() first", call, name_));
    return *state_;
}

bool Process::join_by(detail::Deadline deadline) {
    const ProcessState& state = started("Process::join()");
    detail::refuse_nested("Process::join()");
    if (!state.over()) pool_->driver()->wheel().drive_until([&state] { return state.over(); }, deadline);
    if (state.error) std::rethrow_exception(state.error);
    return state.over();
}

void Process::join() { join_by(detail::no_deadline); }

bool Process::join(std::chrono::duration<double> longest) { return join_by(detail::deadline_in(longest)); }

bool Process::is_alive() const { return state_ && state_->phase.load() == Phase::running; }

void Process::signal(int signo, const char* call) {
    if (!started(call).over()) pool_->driver()->signal_process(state_, signo);
}
void Process::terminate() { signal(SIGTERM, "Process::terminate()"); }
void Process::kill() { signal(SIGKILL, "Process::kill()"); }

int Process::pid() const { return started("Process::pid()").pid; }
int Process::rank() const { return started("Process::rank()").rank; }
const std::string& Process::host() const {
    return pool_->hosts()->at(static_cast<std::size_t>(started("Process::host()").rank));
}

std::optional<int> Process::exit_code() const {
    if (!state_ || state_->phase.load() != Phase::ended) return {};
    const int status = state_->status;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

}  // namespace hecaton
