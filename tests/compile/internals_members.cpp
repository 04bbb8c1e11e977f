// expect: private
// expect: private
// expect: private
// expect: private
// expect: private
// expect: private
// expect: private
// expect: private
#include <hecaton/hecaton.hpp>

// What the pool makes and fills is made and filled by nobody else.
void check(hecaton::Pool& pool, hecaton::Outcome<int>& outcome, const hecaton::detail::ErrorRecord& record,
           std::shared_ptr<hecaton::detail::Job> job, std::shared_ptr<hecaton::detail::Driver> driver,
           std::unique_ptr<hecaton::detail::LazyStream> stream, std::shared_ptr<hecaton::detail::PoolState> state) {
    static_assert(std::is_trivially_copyable_v<hecaton::Shared<int>> && sizeof(hecaton::Shared<int>) == 8);
    auto shared = pool.broadcast(1);
#ifdef HECATON_MUST_FAIL
    outcome.set_value(1);
    outcome.set_error(record);
    static_cast<void>(hecaton::ItemError(record));
    static_cast<void>(hecaton::AsyncResult<void>(job, nullptr, driver));
    static_cast<void>(hecaton::LazyRange<int>(std::move(stream)));
    static_cast<void>(hecaton::PoolWithOptions(state, {}));
    static_cast<void>(hecaton::Shared<int>(1));
    static_cast<void>(shared.id_);
#else
    static_cast<void>(outcome.has_value());
#endif
}
