// CallMaker: what the calls of a pool are made of: sources of their arguments, jobs, and the wait for them.
#pragma once

#include <hecaton/pool/async_result.hpp>
#include <hecaton/pool/calls/arguments.hpp>
#include <hecaton/pool/calls/collectors.hpp>
#include <hecaton/pool/calls/fold_job.hpp>
#include <hecaton/pool/calls/map_job.hpp>
#include <hecaton/pool/calls/pool_access.hpp>
#include <hecaton/pool/calls/source.hpp>
#include <hecaton/pool/lazy_range.hpp>
#include <hecaton/pool/options.hpp>
#include <memory>
#include <ranges>
#include <tuple>
#include <utility>
#include <vector>

namespace hecaton::detail {

class PoolState;

/// Throws UsageError or PoolClosed when `call` can not be made now.
void check_call(const PoolState& pool, const char* call);
/// Throws UsageError for options that this pool can not honour.
void check_options(const PoolState& pool, const MapOptions& options);
std::shared_ptr<Driver> driver_of(const PoolState& pool);
std::shared_ptr<const std::vector<std::string>> hosts_of(const PoolState& pool);
/// Gives the job to the pool and waits for it.
void run_job(PoolState& pool, const std::shared_ptr<Job>& job);
/// Gives the job to the pool, whose background thread sees to it.
void start_job(PoolState& pool, const std::shared_ptr<Job>& job);

class CallMaker {
  protected:
    CallMaker(std::shared_ptr<PoolState> state, MapOptions options)
        : state_(std::move(state)), options_(std::move(options)) {}

    void check(const char* call) const {
        check_call(*state_, call);
        check_options(*state_, options_);
    }

    template <Lifetime lifetime, class... Ranges>
    static auto zip(Ranges&&... ranges) {
        return detail::zip<lifetime>(std::forward<Ranges>(ranges)...);
    }
    template <Lifetime lifetime, class Range>
    static auto spread(Range&& range) {
        return detail::spread(make_source<lifetime>(std::forward<Range>(range), static_cast<std::size_t>(-1)));
    }

    // The job that hands its results to a collector made of `parts`.
    template <class Callable, class Collector, class F, class Arguments, class... Parts>
    auto collected(F& f, Arguments&& arguments, const Parts&... parts) const {
        if constexpr (call_accepted<Callable>(typename Arguments::wire{})) {
            return std::make_shared<MapJob<Callable, Arguments, Collector>>(f, std::move(arguments),
                                                                            Collector(parts...), options_);
        } else {
            return std::shared_ptr<RefusedJob<decltype(std::declval<Collector&>().result())>>();
        }
    }
    template <template <class> class CollectorOf, class F, class Arguments>
    auto map_job(F& f, Arguments arguments) const {
        using Callable = std::decay_t<F>;
        require_call<Callable>(typename Arguments::wire{});
        using Collector = typename CollectorOf<result_for_t<Callable, Arguments>>::type;
        return collected<Callable, Collector>(f, std::move(arguments), arguments.size());
    }
    template <class F, class... Args>
    auto one_job(F& f, Args&&... args) const {
        using Tuple = std::tuple<travels_as_t<std::decay_t<Args>>...>;
        Source<Tuple> source;
        source.add(Tuple(std::forward<Args>(args)...));
        source.settle();
        return map_job<OneOf>(f, detail::spread(std::move(source)));
    }
    template <class F, class Arguments>
    auto outcomes_job(F& f, Arguments arguments) const {
        using Callable = std::decay_t<F>;
        require_call<Callable>(typename Arguments::wire{});
        using Collector = CollectOutcomes<result_for_t<Callable, Arguments>>;
        return collected<Callable, Collector>(f, std::move(arguments), arguments.size(), hosts_of(*state_));
    }
    template <class F, class Op, class T, class Arguments>
    auto fold_job(F& f, Op& op, T init, Arguments arguments) const {
        using Callable = std::decay_t<F>;
        require_call<Callable>(typename Arguments::wire{});
        require_callable<std::decay_t<Op>>();
        using FoldOperation = std::decay_t<Op>;
        using Result = result_for_t<Callable, Arguments>;
        require_fold<FoldOperation, T, Result>();
        if constexpr (call_accepted<Callable>(typename Arguments::wire{}) && callable_travels<FoldOperation> &&
                      Travels<T> && fold_fits<FoldOperation, T, Result>) {
            return std::make_shared<FoldJob<Callable, FoldOperation, T, Arguments>>(f, op, std::move(init),
                                                                                    std::move(arguments), options_);
        } else {
            return std::shared_ptr<RefusedJob<T&>>();
        }
    }

    // What a lazy call is, in any combination.
    static constexpr unsigned ordered = 1;
    static constexpr unsigned outcomes = 2;

    template <unsigned kind, class F, class... Views>
    auto lazy(const char* call, F& f, Views... views) const {
        check(call);
        using Callable = std::decay_t<F>;
        using Wire = TypeList<travels_as_t<std::ranges::range_value_t<Views>>...>;
        require_call<Callable>(Wire{});
        using ConcreteRunner = runner_for_t<Callable, Wire>;
        using Result = typename ConcreteRunner::Result;
        using Element = std::conditional_t<(kind & outcomes) != 0, Outcome<Result>, Result>;
        if constexpr (call_accepted<Callable>(Wire{})) {
            LazyCall lazy_call{.task = Registered<ConcreteRunner>::id,
                               .closure = {},
                               .ordered = (kind & ordered) != 0,
                               .with_times = (kind & outcomes) != 0,
                               .options = options_,
                               .hosts = hosts_of(*state_)};
            Writer writer(lazy_call.closure);
            encode_callable<Callable>(writer, f);
            return PoolAccess::make<LazyRange<Element>>(std::make_unique<LazyStream>(
                driver_of(*state_), std::move(lazy_call), std::make_unique<LazyZip<Views...>>(std::move(views)...)));
        } else {
            return RefusedRange<Element>();
        }
    }

    // A blocking call gives its result away; it is the only one to have it.
    template <class ConcreteJob>
    auto run(const std::shared_ptr<ConcreteJob>& job) {
        run_job(*state_, job);
        if constexpr (!std::is_void_v<decltype(job->result())>) {
            return std::remove_reference_t<decltype(job->result())>(std::move(job->result()));
        } else {
            job->result();
        }
    }
    template <class ConcreteJob>
    auto start(const std::shared_ptr<ConcreteJob>& job) {
        using Result = std::remove_reference_t<decltype(job->result())>;
        start_job(*state_, job);
        constexpr auto get = [](Job& any) -> std::add_lvalue_reference_t<Result> {
            return static_cast<ConcreteJob&>(any).result();
        };
        return PoolAccess::make<AsyncResult<Result>>(job, get, driver_of(*state_));
    }

    std::shared_ptr<PoolState> state_;
    MapOptions options_;
};

}  // namespace hecaton::detail
