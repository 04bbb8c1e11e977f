// The calls that give work to a pool: map, starmap, apply, their async forms, map_outcomes, imap and its kin,
// map_reduce.
//
// All are called on the root. What a callable may be: a function, a stateless lambda, a lambda that captures plain
// values, a function object, hecaton::bind_front. It is called with const references to the items.
#pragma once

#include <hecaton/pool/arguments.hpp>
#include <hecaton/pool/async_result.hpp>
#include <hecaton/pool/collectors.hpp>
#include <hecaton/pool/fold_job.hpp>
#include <hecaton/pool/lazy_range.hpp>
#include <hecaton/pool/map_job.hpp>
#include <hecaton/pool/options.hpp>
#include <hecaton/pool/source.hpp>
#include <initializer_list>
#include <memory>
#include <ranges>
#include <tuple>
#include <utility>
#include <vector>

namespace hecaton {

namespace detail {
class PoolState;

/// Throws UsageError or PoolClosed when `call` can not be made now.
void check_call(const PoolState& pool, const char* call);
std::shared_ptr<Driver> driver_of(const PoolState& pool);
std::shared_ptr<const std::vector<std::string>> hosts_of(const PoolState& pool);
/// Gives the job to the pool and waits for it.
void run_job(PoolState& pool, const std::shared_ptr<Job>& job);
/// Gives the job to the pool, whose background thread sees to it.
void start_job(PoolState& pool, const std::shared_ptr<Job>& job);

template <class Range>
concept Items = std::ranges::input_range<Range>;
/// std::views::all takes it: an lvalue, or an rvalue that can be moved in.
template <class Range>
concept ViewableItems = Items<Range> && std::ranges::viewable_range<Range>;
template <class Range>
concept TupleItems = Items<Range> && requires {
    std::tuple_size<std::ranges::range_value_t<Range>>::value;
};
}  // namespace detail

class PoolCalls {
    using Lifetime = detail::Lifetime;

  public:
    /// f(item) for each item, evaluated on all ranks: a std::vector of the results in input order, or nothing when f
    /// returns void. Several ranges are walked together, up to the end of the shortest. Every item is evaluated even
    /// when one throws; then the error of the lowest index is thrown, of its own standard type and as a TaskError.
    template <class F, detail::Items... Ranges>
    requires(sizeof...(Ranges) > 0) auto map(F&& f, Ranges&&... ranges) {
        check("map");
        return run(map_job<detail::VectorOf>(f, zip<Lifetime::call>(std::forward<Ranges>(ranges)...)));
    }
    /// The same over lists in braces: map(f, {1, 2, 3}).
    template <class F, class... Ts>
    requires(sizeof...(Ts) > 0) auto map(F&& f, std::initializer_list<Ts>... lists) {
        check("map");
        return run(map_job<detail::VectorOf>(f, zip<Lifetime::call>(lists...)));
    }

    /// f(get<0>(item), get<1>(item), ...) for each item of a range of tuples, pairs or arrays; otherwise as map.
    template <class F, detail::TupleItems Range>
    auto starmap(F&& f, Range&& range) {
        check("starmap");
        return run(map_job<detail::VectorOf>(f, spread<Lifetime::call>(std::forward<Range>(range))));
    }
    /// starmap(f, {std::tuple(1, 2), std::tuple(3, 4)})
    template <class F, class Tuple>
    auto starmap(F&& f, std::initializer_list<Tuple> list) {
        check("starmap");
        return run(map_job<detail::VectorOf>(f, spread<Lifetime::call>(list)));
    }

    /// f(args...) on one of the ranks; returns what it returns.
    template <class F, class... Args>
    auto apply(F&& f, Args&&... args) {
        check("apply");
        return run(one_job(f, std::forward<Args>(args)...));
    }

    /// As map, starmap and apply, but they return at once; the input is copied (moved, when it is a temporary).
    template <class F, detail::Items... Ranges>
    requires(sizeof...(Ranges) > 0) auto map_async(F&& f, Ranges&&... ranges) {
        check("map_async");
        return start(map_job<detail::VectorOf>(f, zip<Lifetime::detached>(std::forward<Ranges>(ranges)...)));
    }
    template <class F, class... Ts>
    requires(sizeof...(Ts) > 0) auto map_async(F&& f, std::initializer_list<Ts>... lists) {
        check("map_async");
        return start(map_job<detail::VectorOf>(f, zip<Lifetime::detached>(lists...)));
    }
    template <class F, detail::TupleItems Range>
    auto starmap_async(F&& f, Range&& range) {
        check("starmap_async");
        return start(map_job<detail::VectorOf>(f, spread<Lifetime::detached>(std::forward<Range>(range))));
    }
    template <class F, class Tuple>
    auto starmap_async(F&& f, std::initializer_list<Tuple> list) {
        check("starmap_async");
        return start(map_job<detail::VectorOf>(f, spread<Lifetime::detached>(list)));
    }
    template <class F, class... Args>
    auto apply_async(F&& f, Args&&... args) {
        check("apply_async");
        return start(one_job(f, std::forward<Args>(args)...));
    }

    /// As map, but a std::vector<Outcome<R>>: the value or the error of each item, with where and when it ran. Throws
    /// for no item.
    template <class F, detail::Items... Ranges>
    requires(sizeof...(Ranges) > 0) auto map_outcomes(F&& f, Ranges&&... ranges) {
        check("map_outcomes");
        return run(outcomes_job(f, zip<Lifetime::call>(std::forward<Ranges>(ranges)...)));
    }
    template <class F, class... Ts>
    requires(sizeof...(Ts) > 0) auto map_outcomes(F&& f, std::initializer_list<Ts>... lists) {
        check("map_outcomes");
        return run(outcomes_job(f, zip<Lifetime::call>(lists...)));
    }

    /// As map, but a LazyRange that yields results while others are computed, in input order. The input is read by the
    /// thread that calls and iterates, as far ahead as MapOptions::buffer_size says; it may be endless. An lvalue is
    /// referred to and must outlive the range, an rvalue is moved into it, a list in braces copied.
    template <class F, detail::ViewableItems... Ranges>
    requires(sizeof...(Ranges) > 0) auto imap(F&& f, Ranges&&... ranges) {
        return lazy<ordered>("imap", f, std::views::all(std::forward<Ranges>(ranges))...);
    }
    template <class F, class... Ts>
    requires(sizeof...(Ts) > 0) auto imap(F&& f, std::initializer_list<Ts>... lists) {
        return lazy<ordered>("imap", f, std::views::all(std::vector<Ts>(lists))...);
    }
    /// As imap, but it yields results as they arrive.
    template <class F, detail::ViewableItems... Ranges>
    requires(sizeof...(Ranges) > 0) auto imap_unordered(F&& f, Ranges&&... ranges) {
        return lazy<0>("imap_unordered", f, std::views::all(std::forward<Ranges>(ranges))...);
    }
    template <class F, class... Ts>
    requires(sizeof...(Ts) > 0) auto imap_unordered(F&& f, std::initializer_list<Ts>... lists) {
        return lazy<0>("imap_unordered", f, std::views::all(std::vector<Ts>(lists))...);
    }
    /// As imap and imap_unordered, but of Outcome<R>, which says the index; *it throws for no item.
    template <class F, detail::ViewableItems... Ranges>
    requires(sizeof...(Ranges) > 0) auto imap_outcomes(F&& f, Ranges&&... ranges) {
        return lazy<ordered | outcomes>("imap_outcomes", f, std::views::all(std::forward<Ranges>(ranges))...);
    }
    template <class F, class... Ts>
    requires(sizeof...(Ts) > 0) auto imap_outcomes(F&& f, std::initializer_list<Ts>... lists) {
        return lazy<ordered | outcomes>("imap_outcomes", f, std::views::all(std::vector<Ts>(lists))...);
    }
    template <class F, detail::ViewableItems... Ranges>
    requires(sizeof...(Ranges) > 0) auto imap_unordered_outcomes(F&& f, Ranges&&... ranges) {
        return lazy<outcomes>("imap_unordered_outcomes", f, std::views::all(std::forward<Ranges>(ranges))...);
    }
    template <class F, class... Ts>
    requires(sizeof...(Ts) > 0) auto imap_unordered_outcomes(F&& f, std::initializer_list<Ts>... lists) {
        return lazy<outcomes>("imap_unordered_outcomes", f, std::views::all(std::vector<Ts>(lists))...);
    }

    /// op(... op(op(init, f(item 0)), f(item 1)) ..., f(item n-1)), folded on the workers and then on the root. op is
    /// associative, takes T (the type of init) and what f returns in any combination, and gives what converts to T. The
    /// items are folded in input order, in blocks that depend on their number only: the answer is the same, to the last
    /// digit, on any number of ranks. Throws as map does.
    template <class F, class Op, class T, detail::Items... Ranges>
    requires(sizeof...(Ranges) > 0) auto map_reduce(F&& f, Op&& op, T init, Ranges&&... ranges) {
        check("map_reduce");
        return run(fold_job(f, op, std::move(init), zip<Lifetime::call>(std::forward<Ranges>(ranges)...)));
    }
    template <class F, class Op, class T, class... Ts>
    requires(sizeof...(Ts) > 0) auto map_reduce(F&& f, Op&& op, T init, std::initializer_list<Ts>... lists) {
        check("map_reduce");
        return run(fold_job(f, op, std::move(init), zip<Lifetime::call>(lists...)));
    }

  protected:
    PoolCalls(std::shared_ptr<detail::PoolState> state, MapOptions options)
        : state_(std::move(state)), options_(std::move(options)) {}

    std::shared_ptr<detail::PoolState> state_;
    MapOptions options_;

  private:
    void check(const char* call) const { detail::check_call(*state_, call); }

    template <Lifetime lifetime, class... Ranges>
    static auto zip(Ranges&&... ranges) {
        return detail::zip<lifetime>(std::forward<Ranges>(ranges)...);
    }
    template <Lifetime lifetime, class Range>
    static auto spread(Range&& range) {
        return detail::spread(detail::make_source<lifetime>(std::forward<Range>(range), static_cast<std::size_t>(-1)));
    }

    // The job that hands its results to a collector made of `parts`.
    template <class Callable, class Collector, class F, class Arguments, class... Parts>
    auto collected(F& f, Arguments&& arguments, const Parts&... parts) const {
        if constexpr (detail::call_accepted<Callable>(typename Arguments::wire{})) {
            return std::make_shared<detail::MapJob<Callable, Arguments, Collector>>(f, std::move(arguments),
                                                                                    Collector(parts...), options_);
        } else {
            return std::shared_ptr<detail::RefusedJob<decltype(std::declval<Collector&>().result())>>();
        }
    }
    template <template <class> class CollectorOf, class F, class Arguments>
    auto map_job(F& f, Arguments arguments) const {
        using Callable = std::decay_t<F>;
        detail::require_call<Callable>(typename Arguments::wire{});
        using Collector = typename CollectorOf<detail::result_for_t<Callable, Arguments>>::type;
        return collected<Callable, Collector>(f, std::move(arguments), arguments.size());
    }
    template <class F, class... Args>
    auto one_job(F& f, Args&&... args) const {
        using Tuple = std::tuple<travels_as_t<std::decay_t<Args>>...>;
        detail::Source<Tuple> source;
        source.add(Tuple(std::forward<Args>(args)...));
        source.settle();
        return map_job<detail::OneOf>(f, detail::spread(std::move(source)));
    }
    template <class F, class Arguments>
    auto outcomes_job(F& f, Arguments arguments) const {
        using Callable = std::decay_t<F>;
        detail::require_call<Callable>(typename Arguments::wire{});
        using Collector = detail::CollectOutcomes<detail::result_for_t<Callable, Arguments>>;
        return collected<Callable, Collector>(f, std::move(arguments), arguments.size(), detail::hosts_of(*state_));
    }
    template <class F, class Op, class T, class Arguments>
    auto fold_job(F& f, Op& op, T init, Arguments arguments) const {
        using Callable = std::decay_t<F>;
        detail::require_call<Callable>(typename Arguments::wire{});
        detail::require_callable<std::decay_t<Op>>();
        using Operation = std::decay_t<Op>;
        using Result = detail::result_for_t<Callable, Arguments>;
        detail::require_fold<Operation, T, Result>();
        if constexpr (detail::call_accepted<Callable>(typename Arguments::wire{}) &&
                      detail::callable_travels<Operation> && Travels<T> && detail::fold_fits<Operation, T, Result>) {
            return std::make_shared<detail::FoldJob<Callable, Operation, T, Arguments>>(f, op, std::move(init),
                                                                                        std::move(arguments), options_);
        } else {
            return std::shared_ptr<detail::RefusedJob<T&>>();
        }
    }

    // What a lazy call is, in any combination.
    static constexpr unsigned ordered = 1;
    static constexpr unsigned outcomes = 2;

    template <unsigned kind, class F, class... Views>
    auto lazy(const char* call, F& f, Views... views) const {
        check(call);
        using Callable = std::decay_t<F>;
        using Wire = detail::TypeList<travels_as_t<std::ranges::range_value_t<Views>>...>;
        detail::require_call<Callable>(Wire{});
        using Runner = detail::runner_for_t<Callable, Wire>;
        using Result = typename Runner::Result;
        using Element = std::conditional_t<(kind & outcomes) != 0, Outcome<Result>, Result>;
        if constexpr (detail::call_accepted<Callable>(Wire{})) {
            detail::LazyCall lazy_call{.task = detail::Registered<Runner>::id,
                                       .closure = {},
                                       .ordered = (kind & ordered) != 0,
                                       .with_times = (kind & outcomes) != 0,
                                       .options = options_,
                                       .hosts = detail::hosts_of(*state_)};
            Writer writer(lazy_call.closure);
            detail::encode_callable<Callable>(writer, f);
            return LazyRange<Element>(
                std::make_unique<detail::LazyStream>(detail::driver_of(*state_), std::move(lazy_call),
                                                     std::make_unique<detail::LazyZip<Views...>>(std::move(views)...)));
        } else {
            return detail::RefusedRange<Element>();
        }
    }

    // A blocking call gives its result away; it is the only one to have it.
    template <class ConcreteJob>
    auto run(const std::shared_ptr<ConcreteJob>& job) {
        detail::run_job(*state_, job);
        if constexpr (!std::is_void_v<decltype(job->result())>) {
            return std::remove_reference_t<decltype(job->result())>(std::move(job->result()));
        } else {
            job->result();
        }
    }
    template <class ConcreteJob>
    auto start(const std::shared_ptr<ConcreteJob>& job) {
        using Result = std::remove_reference_t<decltype(job->result())>;
        detail::start_job(*state_, job);
        constexpr auto get = [](detail::Job& any) -> std::add_lvalue_reference_t<Result> {
            return static_cast<ConcreteJob&>(any).result();
        };
        return AsyncResult<Result>(job, get, detail::driver_of(*state_));
    }
};

}  // namespace hecaton
