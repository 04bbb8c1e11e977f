// PoolAccess: how the pool makes and fills the objects that its users only read.
#pragma once

#include <utility>

namespace hecaton::detail {

/// The one friend of AsyncResult, LazyRange, Outcome, Pool, PoolWithOptions and Shared, which so have no public
/// constructors and setters that are not for their users.
struct PoolAccess {
    template <class T, class... Parts>
    static T make(Parts&&... parts) {
        return T(std::forward<Parts>(parts)...);
    }

    template <class Outcome, class... Value>
    static void set_value(Outcome& outcome, Value&&... value) {
        outcome.set_value(std::forward<Value>(value)...);
    }
    template <class Outcome, class Error>
    static void set_error(Outcome& outcome, const Error& error) {
        outcome.set_error(error);
    }

    template <class AsyncResult>
    static const auto& job(const AsyncResult& result) noexcept {
        return result.job_;
    }
    template <class AsyncResult>
    static const auto& driver(const AsyncResult& result) noexcept {
        return result.driver_;
    }
    template <class Shared>
    static auto id(const Shared& shared) noexcept {
        return shared.id_;
    }
    template <class Pool>
    static const auto& state(const Pool& pool) noexcept {
        return pool.state_;
    }
};

}  // namespace hecaton::detail
