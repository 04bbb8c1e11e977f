#include <hecaton/pool/pool_calls.hpp>
#include <hecaton/pool/root/pool_state.hpp>
#include <hecaton/pool/worker/isolation.hpp>

namespace hecaton {

void PoolCalls::check(const char* call) const {
    state_->check_call(call);
    if (detail::isolation_of(options_)) detail::require_sandboxes(state_->initializer());
}

void PoolCalls::submit(const std::shared_ptr<detail::Job>& job, const char* kind, bool wait) const {
    job->set_kind(kind);
    detail::restore_job(*job, state_->around(kind));
    if (!wait) return driver()->submit(job, true);
    state_->set_last_map(state_->blocking_calls().run(job));
}

std::unique_ptr<detail::LazyStream> PoolCalls::open(detail::LazyCall call,
                                                    std::unique_ptr<detail::LazyInput> input) const {
    return std::make_unique<detail::LazyStream>(driver(), std::move(call), std::move(input), state_->around("imap"));
}

const std::shared_ptr<detail::Driver>& PoolCalls::driver() const noexcept { return state_->driver(); }
const std::shared_ptr<const std::vector<std::string>>& PoolCalls::hosts() const noexcept { return state_->hosts(); }

}  // namespace hecaton
