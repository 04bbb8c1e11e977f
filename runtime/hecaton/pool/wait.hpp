// Waiting for several results: wait_all, wait_any, wait_any_error, as_completed.
//
// Each takes a range of AsyncResult<R>, or several AsyncResults that may be of different types; they may come from
// different pools. To be called in the body, never inside a task or a callback (UsageError).
#pragma once

#include <chrono>
#include <hecaton/pool/async_result.hpp>
#include <hecaton/pool/calls/pool_access.hpp>
#include <iterator>
#include <memory>
#include <optional>
#include <ranges>
#include <type_traits>
#include <utility>
#include <vector>

namespace hecaton {

namespace detail {

template <class T>
inline constexpr bool is_async_result = false;
template <class R>
inline constexpr bool is_async_result<AsyncResult<R>> = true;

template <class T>
concept Awaited = is_async_result<std::remove_cvref_t<T>>;
template <class Range>
concept AwaitedRange = std::ranges::input_range<Range> && Awaited<std::ranges::range_reference_t<Range>>;

/// A result that is waited for, whatever its type.
struct Awaiting {
    std::shared_ptr<Job> job;
    std::shared_ptr<Driver> driver;
};

template <AwaitedRange Range>
std::vector<Awaiting> awaiting(Range&& results) {
    std::vector<Awaiting> all;
    for (const auto& result : results) all.push_back({PoolAccess::job(result), PoolAccess::driver(result)});
    return all;
}
template <Awaited... Results>
std::vector<Awaiting> awaiting(const Results&... results) {
    return {{PoolAccess::job(results), PoolAccess::driver(results)}...};
}

inline constexpr std::size_t none_of_them = static_cast<std::size_t>(-1);

bool wait_all(const std::vector<Awaiting>& results, Deadline deadline);
/// The position of the first in the list that is ready (that has failed), or none_of_them.
std::size_t wait_any(const std::vector<Awaiting>& results, Deadline deadline);
std::size_t wait_any_error(const std::vector<Awaiting>& results, Deadline deadline);

inline std::optional<std::size_t> position(std::size_t found) {
    return found == none_of_them ? std::nullopt : std::optional(found);
}

/// Gives the positions of results in the order in which they become ready.
class CompletionOrder {
  public:
    explicit CompletionOrder(std::vector<Awaiting> results);
    ~CompletionOrder();
    CompletionOrder(CompletionOrder&&) noexcept;
    CompletionOrder& operator=(CompletionOrder&&) noexcept;
    /// Waits for the next one; none_of_them after the last.
    std::size_t next();

  private:
    struct State;  // shared with the callbacks, which may outlive this
    std::shared_ptr<State> state_;
};

/// What as_completed returns.
template <std::ranges::forward_range Range>
requires AwaitedRange<Range>
class AsCompleted {
  public:
    explicit AsCompleted(Range& results) : order_(awaiting(results)) {
        for (auto& result : results) results_.push_back(std::addressof(result));
    }

    class iterator {
      public:
        using value_type = std::ranges::range_value_t<Range>;
        using difference_type = std::ptrdiff_t;
        iterator() = default;
        explicit iterator(AsCompleted& range) : range_(&range) {}
        std::ranges::range_reference_t<Range> operator*() const { return *range_->results_[range_->current_]; }
        iterator& operator++() {
            range_->current_ = range_->order_.next();
            return *this;
        }
        void operator++(int) { ++*this; }
        bool operator==(std::default_sentinel_t) const { return range_->current_ == none_of_them; }

      private:
        AsCompleted* range_ = nullptr;
    };

    /// Waits for the first result.
    iterator begin() {
        current_ = order_.next();
        return iterator(*this);
    }
    std::default_sentinel_t end() const noexcept { return {}; }

  private:
    CompletionOrder order_;
    std::vector<std::add_pointer_t<std::ranges::range_reference_t<Range>>> results_;
    std::size_t current_ = none_of_them;
};

}  // namespace detail

/// Waits until every result is ready. Throws for none: ask each with get().
template <detail::AwaitedRange Range>
void wait_all(Range&& results) {
    detail::wait_all(detail::awaiting(results), detail::no_deadline);
}
template <detail::Awaited... Results>
requires(sizeof...(Results) > 0) void wait_all(const Results&... results) {
    detail::wait_all(detail::awaiting(results...), detail::no_deadline);
}
/// The same, `longest` at most; true when all are ready.
template <detail::AwaitedRange Range, class Rep, class Period>
[[nodiscard]] bool wait_all(Range&& results, std::chrono::duration<Rep, Period> longest) {
    return detail::wait_all(detail::awaiting(results), detail::deadline_in(longest));
}

/// Waits until a result is ready and returns its position, from 0; the lowest one when several are. Throws UsageError
/// when there are none at all.
template <detail::AwaitedRange Range>
std::size_t wait_any(Range&& results) {
    return detail::wait_any(detail::awaiting(results), detail::no_deadline);
}
template <detail::Awaited... Results>
requires(sizeof...(Results) > 0) std::size_t wait_any(const Results&... results) {
    return detail::wait_any(detail::awaiting(results...), detail::no_deadline);
}
/// The same, `longest` at most; nothing when none was ready in time.
template <detail::AwaitedRange Range, class Rep, class Period>
[[nodiscard]] std::optional<std::size_t> wait_any(Range&& results, std::chrono::duration<Rep, Period> longest) {
    return detail::position(detail::wait_any(detail::awaiting(results), detail::deadline_in(longest)));
}

/// Waits until a result is ready that get() will throw for, or until all are ready; returns the position of the lowest
/// failed one, or nothing.
template <detail::AwaitedRange Range>
[[nodiscard]] std::optional<std::size_t> wait_any_error(Range&& results) {
    return detail::position(detail::wait_any_error(detail::awaiting(results), detail::no_deadline));
}
/// The same, `longest` at most.
template <detail::AwaitedRange Range, class Rep, class Period>
[[nodiscard]] std::optional<std::size_t> wait_any_error(Range&& results, std::chrono::duration<Rep, Period> longest) {
    return detail::position(detail::wait_any_error(detail::awaiting(results), detail::deadline_in(longest)));
}

/// The results of a forward range in the order in which they become ready: an input range of references to them, which
/// is walked once. `results` must outlive it. `for (auto& result : as_completed(results)) use(result.get());`
template <std::ranges::forward_range Range>
requires detail::AwaitedRange<Range>
[[nodiscard]] auto as_completed(Range& results) { return detail::AsCompleted<Range>(results); }

}  // namespace hecaton
