// The calls that give work to a pool: map, starmap, apply, map_reduce, imap and its kin, their async forms and those
// with outcomes.
//
// All are called on the root. What a callable may be: a function, a stateless lambda, a lambda that captures plain
// values, a function object, hecaton::bind_front. It is called with const references to the items.
#pragma once

#include <hecaton/collectives/kept_memory.hpp>
#include <hecaton/pool/async_result.hpp>
#include <hecaton/pool/call_forms.hpp>
#include <hecaton/pool/calls/make_job.hpp>
#include <hecaton/pool/calls/pool_access.hpp>
#include <hecaton/pool/lazy_range.hpp>
#include <hecaton/pool/options.hpp>
#include <hecaton/pool/small_call.hpp>
#include <initializer_list>
#include <memory>
#include <ranges>
#include <span>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace hecaton {

namespace detail {
class PoolState;

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
        return run_as(detail::to_vector, "map", f, detail::zip<Lifetime::call>(std::forward<Ranges>(ranges)...));
    }
    /// The same over lists in braces: map(f, {1, 2, 3}).
    template <class F, class... Ts>
    requires(sizeof...(Ts) > 0) auto map(F&& f, std::initializer_list<Ts>... lists) {
        check("map");
        return run_as(detail::to_vector, "map", f, detail::zip<Lifetime::call>(lists...));
    }

    /// As map, into memory that the caller keeps: a contiguous range of what f returns, or of what that converts to,
    /// with room for a result of each item; UsageError before any item is run where there is not. Returns the std::span
    /// of the results, which are its first elements. Nothing is allocated for items and results that are plain bytes.
    /// The memory may be that of the items, each of which lies at the place of its result. An item that fails leaves
    /// any value at its place.
    template <detail::KeptMemory Out, class F, detail::Items... Ranges>
    requires(sizeof...(Ranges) > 0) auto map_into(Out&& out, F&& f, Ranges&&... ranges) {
        return run_into(detail::kept_span(out), f, detail::zip<Lifetime::call>(std::forward<Ranges>(ranges)...));
    }
    template <detail::KeptMemory Out, class F, class... Ts>
    requires(sizeof...(Ts) > 0) auto map_into(Out&& out, F&& f, std::initializer_list<Ts>... lists) {
        return run_into(detail::kept_span(out), f, detail::zip<Lifetime::call>(lists...));
    }

    /// f(get<0>(item), get<1>(item), ...) for each item of a range of tuples, pairs or arrays; otherwise as map.
    template <class F, detail::TupleItems Range>
    auto starmap(F&& f, Range&& range) {
        check("starmap");
        return run_as(detail::to_vector, "starmap", f,
                      detail::spread_range<Lifetime::call>(std::forward<Range>(range)));
    }
    /// starmap(f, {std::tuple(1, 2), std::tuple(3, 4)})
    template <class F, class Tuple>
    auto starmap(F&& f, std::initializer_list<Tuple> list) {
        check("starmap");
        return run_as(detail::to_vector, "starmap", f, detail::spread_range<Lifetime::call>(list));
    }

    /// f(args...) on one of the ranks; returns what it returns.
    template <class F, class... Args>
    auto apply(F&& f, Args&&... args) {
        check("apply");
        return run_as(detail::to_one, "apply", f, detail::one_item(std::forward<Args>(args)...));
    }

    /// As map, starmap and apply, but they return at once; the input is copied (moved, when it is a temporary).
    template <class F, detail::Items... Ranges>
    requires(sizeof...(Ranges) > 0) auto map_async(F&& f, Ranges&&... ranges) {
        check("map_async");
        return start("map", detail::make_map_job<detail::VectorOf>(
                                f, detail::zip<Lifetime::detached>(std::forward<Ranges>(ranges)...), options_));
    }
    template <class F, class... Ts>
    requires(sizeof...(Ts) > 0) auto map_async(F&& f, std::initializer_list<Ts>... lists) {
        check("map_async");
        return start("map",
                     detail::make_map_job<detail::VectorOf>(f, detail::zip<Lifetime::detached>(lists...), options_));
    }
    template <class F, detail::TupleItems Range>
    auto starmap_async(F&& f, Range&& range) {
        check("starmap_async");
        return start("starmap", detail::make_map_job<detail::VectorOf>(
                                    f, detail::spread_range<Lifetime::detached>(std::forward<Range>(range)), options_));
    }
    template <class F, class Tuple>
    auto starmap_async(F&& f, std::initializer_list<Tuple> list) {
        check("starmap_async");
        return start("starmap", detail::make_map_job<detail::VectorOf>(
                                    f, detail::spread_range<Lifetime::detached>(list), options_));
    }
    template <class F, class... Args>
    auto apply_async(F&& f, Args&&... args) {
        check("apply_async");
        return start("apply", detail::make_apply_job(f, options_, std::forward<Args>(args)...));
    }

    /// As map, but a std::vector<Outcome<R>>: the value or the error of each item, with where and when it ran. Throws
    /// for no item.
    template <class F, detail::Items... Ranges>
    requires(sizeof...(Ranges) > 0) [[nodiscard]] auto map_outcomes(F&& f, Ranges&&... ranges) {
        check("map_outcomes");
        return run("map_outcomes",
                   detail::make_outcomes_job(f, detail::zip<Lifetime::call>(std::forward<Ranges>(ranges)...), options_,
                                             hosts()));
    }
    template <class F, class... Ts>
    requires(sizeof...(Ts) > 0) [[nodiscard]] auto map_outcomes(F&& f, std::initializer_list<Ts>... lists) {
        check("map_outcomes");
        return run("map_outcomes",
                   detail::make_outcomes_job(f, detail::zip<Lifetime::call>(lists...), options_, hosts()));
    }

    /// As map_outcomes, each tuple spread over the arguments.
    template <class F, detail::TupleItems Range>
    [[nodiscard]] auto starmap_outcomes(F&& f, Range&& range) {
        check("starmap_outcomes");
        return run("starmap_outcomes",
                   detail::make_outcomes_job(f, detail::spread_range<Lifetime::call>(std::forward<Range>(range)),
                                             options_, hosts()));
    }
    template <class F, class Tuple>
    [[nodiscard]] auto starmap_outcomes(F&& f, std::initializer_list<Tuple> list) {
        check("starmap_outcomes");
        return run("starmap_outcomes",
                   detail::make_outcomes_job(f, detail::spread_range<Lifetime::call>(list), options_, hosts()));
    }
    /// As map_outcomes, but it returns at once, as map_async does.
    template <class F, detail::Items... Ranges>
    requires(sizeof...(Ranges) > 0) auto map_outcomes_async(F&& f, Ranges&&... ranges) {
        check("map_outcomes_async");
        return start("map_outcomes",
                     detail::make_outcomes_job(f, detail::zip<Lifetime::detached>(std::forward<Ranges>(ranges)...),
                                               options_, hosts()));
    }
    template <class F, class... Ts>
    requires(sizeof...(Ts) > 0) auto map_outcomes_async(F&& f, std::initializer_list<Ts>... lists) {
        check("map_outcomes_async");
        return start("map_outcomes",
                     detail::make_outcomes_job(f, detail::zip<Lifetime::detached>(lists...), options_, hosts()));
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

    /// As imap, each tuple spread over the arguments.
    template <class F, detail::ViewableItems Range>
    requires detail::TupleItems<Range>
    auto istarmap(F&& f, Range&& range) {
        return lazy<ordered | spread>("istarmap", f, std::views::all(std::forward<Range>(range)));
    }
    template <class F, class Tuple>
    auto istarmap(F&& f, std::initializer_list<Tuple> list) {
        return lazy<ordered | spread>("istarmap", f, std::views::all(std::vector<Tuple>(list)));
    }

    /// op(... op(op(init, f(item 0)), f(item 1)) ..., f(item n-1)), folded on the workers and then on the root. op is
    /// associative, takes T (the type of init) and what f returns in any combination, and gives what converts to T. The
    /// items are folded in input order, in blocks that depend on their number only: the answer is the same, to the last
    /// digit, on any number of ranks. Throws as map does.
    template <class F, class Op, class T, detail::Items... Ranges>
    requires(sizeof...(Ranges) > 0) [[nodiscard]] auto map_reduce(F&& f, Op&& op, T init, Ranges&&... ranges) {
        check("map_reduce");
        return run("map_reduce",
                   detail::make_fold_job(f, op, std::move(init),
                                         detail::zip<Lifetime::call>(std::forward<Ranges>(ranges)...), options_));
    }
    template <class F, class Op, class T, class... Ts>
    requires(sizeof...(Ts) > 0)
        [[nodiscard]] auto map_reduce(F&& f, Op&& op, T init, std::initializer_list<Ts>... lists) {
        check("map_reduce");
        return run("map_reduce",
                   detail::make_fold_job(f, op, std::move(init), detail::zip<Lifetime::call>(lists...), options_));
    }

  protected:
    PoolCalls(std::shared_ptr<detail::PoolState> state, MapOptions options)
        : state_(std::move(state)), options_(std::move(options)) {}

    // Throws UsageError or PoolClosed when `call` cannot be made now.
    void check(const char* call) const;
    const MapOptions& options() const noexcept { return options_; }

    std::shared_ptr<detail::PoolState> state_;

  private:
    // Hands the job to the pool. Waits for it, or leaves it to the background thread.
    void submit(const std::shared_ptr<detail::Job>& job, const char* kind, bool wait) const;
    std::unique_ptr<detail::LazyStream> open(detail::LazyCall call, std::unique_ptr<detail::LazyInput> input) const;
    const std::shared_ptr<detail::Driver>& driver() const noexcept;
    const std::shared_ptr<const std::vector<std::string>>& hosts() const noexcept;

    // Of map, starmap, apply and map_into. Form: see call_forms.hpp.
    template <class Form, class F, class Arguments>
    auto run_as(const Form& form, const char* kind, F& f, Arguments arguments) {
        using Callable = std::decay_t<F>;
        if constexpr (detail::small_call<Form, Callable, Arguments>) {
            using Runner = detail::runner_for_t<Callable, typename Arguments::wire>;
            const auto key = detail::check_callable<Callable>(detail::Registered<Runner>::id, f);
            if (detail::SmallCall call(*state_, kind, key, arguments.size(), options_); call)
                return detail::run_small_call(call, form, f, std::move(arguments), options_);
        }
        return run(kind, form.job(f, std::move(arguments), options_));
    }
    template <class F, class T, class Arguments>
    std::span<T> run_into(std::span<T> out, F& f, Arguments arguments) {
        check("map_into");
        const detail::ResultsInto<T> form{detail::place_for(out, arguments)};
        return run_as(form, "map", f, std::move(arguments));
    }
    template <class ConcreteJob>
    auto run(const char* kind, const std::shared_ptr<ConcreteJob>& job) {
        submit(job, kind, true);
        return detail::take_result(*job);
    }
    template <class ConcreteJob>
    auto start(const char* kind, const std::shared_ptr<ConcreteJob>& job) {
        using Result = std::remove_reference_t<decltype(job->result())>;
        submit(job, kind, false);
        constexpr auto get = [](detail::Job& any) -> std::add_lvalue_reference_t<Result> {
            return static_cast<ConcreteJob&>(any).result();
        };
        return detail::PoolAccess::make<AsyncResult<Result>>(job, get, driver());
    }

    // What a lazy call is, in any combination.
    static constexpr unsigned ordered = 1;
    static constexpr unsigned outcomes = 2;
    static constexpr unsigned spread = 4;

    template <unsigned kind, class F, class... Views>
    auto lazy(const char* call, F& f, Views... views) const {
        check(call);
        detail::require_no_literal<Views...>();
        using Callable = std::decay_t<F>;
        using Input = detail::LazyInputOf<(kind & spread) != 0, Views...>;
        using Wire = typename Input::wire;
        detail::require_call<Callable>(Wire{});
        using Runner = detail::runner_for_t<Callable, Wire>;
        using Element =
            std::conditional_t<(kind & outcomes) != 0, Outcome<typename Runner::Result>, typename Runner::Result>;
        if constexpr (detail::call_accepted<Callable>(Wire{})) {
            auto lazy_call = detail::make_lazy_call<Callable, Runner>(f, options_, hosts());
            lazy_call.ordered = (kind & ordered) != 0;
            lazy_call.with_times = (kind & outcomes) != 0;
            return detail::PoolAccess::make<LazyRange<Element>>(
                open(std::move(lazy_call), std::make_unique<typename Input::input>(std::move(views)...)));
        } else {
            return detail::RefusedRange<Element>();
        }
    }

    MapOptions options_;
};

}  // namespace hecaton
