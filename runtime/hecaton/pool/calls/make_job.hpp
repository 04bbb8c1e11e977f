// The jobs of a pool's blocking and asynchronous calls, made of a callable and its arguments.
//
// Each function first checks the types by static_asserts. Where they are refused it gives a null pointer to RefusedJob,
// so that the static_assert is the only error.
#pragma once

#include <hecaton/pool/calls/arguments.hpp>
#include <hecaton/pool/calls/collectors.hpp>
#include <hecaton/pool/calls/fold_job.hpp>
#include <hecaton/pool/calls/map_job.hpp>
#include <hecaton/pool/calls/source.hpp>
#include <hecaton/pool/options.hpp>
#include <memory>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace hecaton::detail {

/// What a complete call returns: a blocking one gives its result away, since it is the only one to have it.
template <class ConcreteJob>
auto take_result(ConcreteJob& job) {
    if constexpr (!std::is_void_v<decltype(job.result())>) {
        return std::remove_reference_t<decltype(job.result())>(std::move(job.result()));
    } else {
        job.result();
    }
}

/// The tuples of one range, each spread over the parameters of the callable.
template <Lifetime lifetime, class Range>
auto spread_range(Range&& range) {
    return spread(make_source<lifetime>(std::forward<Range>(range), static_cast<std::size_t>(-1)));
}

/// The one item of an apply.
template <class... Args>
auto one_item(Args&&... args) {
    using Tuple = std::tuple<travels_as_t<std::decay_t<Args>>...>;
    Source<Tuple> source;
    source.add(Tuple(std::forward<Args>(args)...));
    source.settle();
    return spread(std::move(source));
}

/// A job that hands its results to a collector, which is made of `parts`.
template <class Callable, class Collector, class F, class Arguments, class... Parts>
auto make_collected_job(F& f, Arguments&& arguments, const MapOptions& options, const Parts&... parts) {
    if constexpr (call_accepted<Callable>(typename Arguments::wire{})) {
        return std::make_shared<MapJob<Callable, Arguments, Collector>>(f, std::forward<Arguments>(arguments),
                                                                        Collector(parts...), options);
    } else {
        return std::shared_ptr<RefusedJob<decltype(std::declval<Collector&>().result())>>();
    }
}

/// Of map and starmap, with VectorOf.
template <template <class> class CollectorOf, class F, class Arguments>
auto make_map_job(F& f, Arguments arguments, const MapOptions& options) {
    using Callable = std::decay_t<F>;
    require_call<Callable>(typename Arguments::wire{});
    using Collector = typename CollectorOf<result_for_t<Callable, Arguments>>::type;
    return make_collected_job<Callable, Collector>(f, std::move(arguments), options, arguments.size());
}

/// Of apply.
template <class F, class... Args>
auto make_apply_job(F& f, const MapOptions& options, Args&&... args) {
    return make_map_job<OneOf>(f, one_item(std::forward<Args>(args)...), options);
}

/// Of map_outcomes; `hosts` are the names of the ranks' hosts.
template <class F, class Arguments>
auto make_outcomes_job(F& f, Arguments arguments, const MapOptions& options,
                       const std::shared_ptr<const std::vector<std::string>>& hosts) {
    using Callable = std::decay_t<F>;
    require_call<Callable>(typename Arguments::wire{});
    using Collector = CollectOutcomes<result_for_t<Callable, Arguments>>;
    return make_collected_job<Callable, Collector>(f, std::move(arguments), options, arguments.size(), hosts);
}

/// Of map_reduce.
template <class F, class Op, class T, class Arguments>
auto make_fold_job(F& f, Op& op, T init, Arguments arguments, const MapOptions& options) {
    using Callable = std::decay_t<F>;
    require_call<Callable>(typename Arguments::wire{});
    using FoldOperation = std::decay_t<Op>;
    require_callable<FoldOperation>();
    using Result = result_for_t<Callable, Arguments>;
    require_fold<FoldOperation, T, Result>();
    if constexpr (call_accepted<Callable>(typename Arguments::wire{}) && callable_travels<FoldOperation> &&
                  Travels<T> && fold_fits<FoldOperation, T, Result>) {
        return std::make_shared<FoldJob<Callable, FoldOperation, T, Arguments>>(f, op, std::move(init),
                                                                                std::move(arguments), options);
    } else {
        return std::shared_ptr<RefusedJob<T&>>();
    }
}

}  // namespace hecaton::detail
