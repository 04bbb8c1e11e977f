// The calls that give work to a pool: map, starmap, apply, their async forms, map_outcomes, imap and its kin,
// map_reduce.
//
// All are called on the root. What a callable may be: a function, a stateless lambda, a lambda that captures plain
// values, a function object, hecaton::bind_front. It is called with const references to the items.
#pragma once

#include <hecaton/pool/calls/call_maker.hpp>
#include <initializer_list>
#include <ranges>
#include <tuple>
#include <utility>
#include <vector>

namespace hecaton {

namespace detail {
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

class PoolCalls : protected detail::CallMaker {
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
    using CallMaker::CallMaker;
};

}  // namespace hecaton
