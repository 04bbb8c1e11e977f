// The forms of a blocking call: where its results go, when it is a small call and when it is a job.
//
// A form has small<R>, whether a call with results of R may be small; results<R>(items), for which the small call
// calls set() and whose take() is what the call returns; and job(f, arguments, options).
#pragma once

#include <cstdint>
#include <hecaton/pool/calls/into.hpp>
#include <hecaton/pool/calls/make_job.hpp>
#include <hecaton/pool/options.hpp>
#include <hecaton/pool/small_call.hpp>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace hecaton::detail {

/// The results of a small call, in a vector, or just one.
template <class R, bool one>
class SmallResults {
  public:
    static constexpr bool are_values = true;

    explicit SmallResults(std::uint64_t items) : values_(items) {}
    template <class Call>
    void set(std::uint64_t i, Call&& call) {
        values_[i] = static_cast<R>(call());
    }
    /// What a job that goes on behind the first `count` items is to be given of theirs.
    std::span<const std::byte> bytes(std::uint64_t count) const {
        return std::as_bytes(std::span(values_).first(count));
    }
    auto take() && {
        if constexpr (one) {
            return values_.front();
        } else {
            return std::move(values_);
        }
    }

  private:
    std::vector<R> values_;
};
template <bool one>
class SmallResults<void, one> {
  public:
    static constexpr bool are_values = false;

    explicit SmallResults(std::uint64_t) {}
    template <class Call>
    void set(std::uint64_t, Call&& call) {
        call();
    }
    std::span<const std::byte> bytes(std::uint64_t) const { return {}; }
    void take() && {}
};

/// The same, in memory that the caller keeps. A job finds them there, unless it may not write there by itself.
template <class R>
class SmallInto {
  public:
    static constexpr bool are_values = true;

    explicit SmallInto(const Place<R>& place) : place_(place) {}
    template <class Call>
    void set(std::uint64_t i, Call&& call) {
        place_.out[i] = static_cast<R>(call());
    }
    std::span<const std::byte> bytes(std::uint64_t count) const {
        if (place_.apart) return {};
        return std::as_bytes(place_.out.first(count));
    }
    std::span<R> take() && { return place_.out; }

  private:
    Place<R> place_;
};

/// map and starmap with VectorOf, apply with OneOf.
template <template <class> class CollectorOf>
struct ResultsOf {
    template <class R>
    static constexpr bool small = true;
    template <class R>
    static auto results(std::uint64_t items) {
        return SmallResults<R, std::is_same_v<CollectorOf<R>, OneOf<R>>>(items);
    }
    template <class F, class Arguments>
    static auto job(F& f, Arguments&& arguments, const MapOptions& options) {
        return make_map_job<CollectorOf>(f, std::forward<Arguments>(arguments), options);
    }
};

inline constexpr ResultsOf<VectorOf> to_vector{};
inline constexpr ResultsOf<OneOf> to_one{};

/// map_into.
template <class T>
struct ResultsInto {
    Place<T> place;

    template <class R>
    static constexpr bool small = std::is_same_v<R, T>;
    template <class R>
    auto results(std::uint64_t /*items*/) const {
        return SmallInto<R>(place);
    }
    template <class F, class Arguments>
    auto job(F& f, Arguments&& arguments, const MapOptions& options) const {
        return make_into_job(f, std::forward<Arguments>(arguments), options, place);
    }
};

/// Whether a call of F in that form may be small.
template <class Form, class F, class Arguments>
inline constexpr bool small_call = false;
template <class Form, class F, class Arguments>
requires(may_be_small<F, typename Arguments::wire>) inline constexpr bool small_call<Form, F, Arguments> =
    Form::template small<result_for_t<F, Arguments>>;

/// Runs a small call that may be made, and what is too much for it as a job.
template <class Form, class F, class Arguments>
auto run_small_call(SmallCall& call, const Form& form, F& f, Arguments&& arguments, const MapOptions& options) {
    using Callable = std::decay_t<F>;
    auto results = form.template results<result_for_t<Callable, Arguments>>(arguments.size());
    if (run_small(call, Callable(f), arguments, results)) {
        call.complete();
        return std::move(results).take();
    }
    const auto job = form.job(f, std::forward<Arguments>(arguments), options);
    call.share_rest(job, results.bytes(call.done()));
    return take_result(*job);
}

}  // namespace hecaton::detail
