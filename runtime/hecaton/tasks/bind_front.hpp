// bind_front: a callable together with values that need serialising.
#pragma once

#include <functional>
#include <hecaton/codec/codec.hpp>
#include <tuple>
#include <type_traits>
#include <utility>

namespace hecaton {

namespace detail {

/// What bind_front returns. Calls its function with the bound values before the arguments of the call. Unlike a lambda
/// that captures them, it may hold whatever travels: strings, vectors, maps, types with a Boost.Serialization
/// `serialize`.
template <class F, class... Bound>
class BoundFront {
  public:
    BoundFront(F f, std::tuple<Bound...> values) : function_(std::move(f)), bound_(std::move(values)) {}

    template <class... Args>
    requires std::is_invocable_v<const F&, const Bound&..., Args...>
    decltype(auto) operator()(Args&&... args) const {
        return std::apply(
            [&](const Bound&... values) -> decltype(auto) {
                return std::invoke(function_, values..., std::forward<Args>(args)...);
            },
            bound_);
    }

    const F& function() const noexcept { return function_; }
    const std::tuple<Bound...>& bound() const noexcept { return bound_; }

  private:
    F function_;
    std::tuple<Bound...> bound_;
};

}  // namespace detail

/// Returns a callable g with g(args...) = f(values..., args...). `f` is whatever map takes; the values are copied
/// (moved, when they are temporaries) and are sent once to each worker for each call of map; string literals are held
/// as std::string.
template <class F, class... Values>
auto bind_front(F&& f, Values&&... values) {
    (detail::require_travels<detail::travels_as_t<std::decay_t<Values>>>(), ...);
    return detail::BoundFront<std::decay_t<F>, detail::travels_as_t<std::decay_t<Values>>...>(
        std::forward<F>(f), std::tuple<detail::travels_as_t<std::decay_t<Values>>...>(std::forward<Values>(values)...));
}

}  // namespace hecaton
