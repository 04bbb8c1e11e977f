#include <fmt/format.h>

#include <exception>
#include <hecaton/foundation/error.hpp>
#include <hecaton/foundation/log.hpp>
#include <hecaton/pool/pool.hpp>
#include <hecaton/pool/root/pool_state.hpp>
#include <hecaton/tasks/forked_copy.hpp>

namespace hecaton {

Pool::Pool(Communicator communicator, const PoolOptions& options)
    : PoolCalls(std::make_shared<detail::PoolState>(communicator, options), {}),
      exceptions_(std::uncaught_exceptions()) {}

Pool::~Pool() {
    if (!state_ || state_->served() || detail::is_forked_copy()) return;
    const bool unwinding = std::uncaught_exceptions() > exceptions_;
    try {
        if (!is_root()) {
            // Under an exception the root may be in no state to answer; the end of the process tells it.
            if (!unwinding) state_->serve();
            return;
        }
        if (unwinding) state_->terminate();
        state_->close();
        state_->join(0, detail::no_deadline);
    } catch (const std::exception& error) {
        detail::log::line(fmt::format("a pool could not be shut down: {}", error.what()));
    }
}

bool Pool::is_root() const noexcept { return state_->is_root(); }
int Pool::serve() { return state_->serve(); }
int Pool::size() const noexcept { return state_->size(); }

PoolWithOptions Pool::with(MapOptions options) {
    detail::check_options(options);
    return detail::PoolAccess::make<PoolWithOptions>(state_, std::move(options));
}

PoolWithOptions PoolWithOptions::with(MapOptions changes) const {
    detail::check_options(changes);
    return {state_, detail::changed_options(options(), std::move(changes))};
}

std::uint64_t Pool::share(detail::NewShared shared) { return state_->share(std::move(shared)); }
void Pool::release_shared(std::uint64_t id) { state_->release_shared(id); }

void Pool::close() { state_->close(); }
void Pool::terminate() { state_->terminate(); }
void Pool::join() { state_->join(0, detail::no_deadline); }
Report Pool::last_map() const { return state_->last_map(); }

}  // namespace hecaton
