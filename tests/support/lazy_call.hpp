// A lazy call on a pool inside one process.
#pragma once

#include <hecaton/pool/journal/journaling.hpp>
#include <hecaton/pool/lazy_range.hpp>
#include <memory>
#include <ranges>
#include <support/in_process_pool.hpp>
#include <utility>

namespace hecaton::test {

/// As Pool::imap makes it.
template <class F, class View>
auto lazy(InProcessPool& pool, F f, View view, bool ordered, MapOptions options = {}) {
    using Wire = detail::TypeList<detail::travels_as_t<std::ranges::range_value_t<View>>>;
    using Runner = detail::runner_for_t<F, Wire>;
    detail::LazyCall call{.task = detail::Registered<Runner>::id,
                          .closure = {},
                          .signature = detail::signature_of<Runner, typename Runner::Result>(),
                          .ordered = ordered,
                          .with_times = false,
                          .options = std::move(options),
                          .hosts = nullptr};
    detail::encode_callable(call.closure, call.signature, f);
    return detail::PoolAccess::make<LazyRange<typename Runner::Result>>(std::make_unique<detail::LazyStream>(
        pool.shared_driver(), std::move(call), std::make_unique<detail::LazyZip<View>>(std::move(view)),
        detail::CallSurroundings{}));
}

}  // namespace hecaton::test
