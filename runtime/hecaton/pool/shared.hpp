// Shared: a value that is sent once to each node or rank, and used by any number of tasks there.
#pragma once

#include <cstdint>
#include <hecaton/pool/shared/form.hpp>
#include <memory>

namespace hecaton {

namespace detail {
struct PoolAccess;
}

/// The handle that Pool::broadcast returns: small and trivially copyable, so a lambda captures it by value. It can be
/// dereferenced in the body and in tasks of the pool, until pool.release(shared) or the pool's end; after that it
/// throws UsageError.
template <class T>
class [[nodiscard("tasks reach the value through this handle only: keep it")]] Shared {
  public:
    Shared() = default;

    const T& operator*() const { return *static_cast<const T*>(detail::shared_value(id_, &detail::shared_from<T>)); }
    const T* operator->() const { return std::addressof(**this); }

  private:
    friend detail::PoolAccess;
    explicit Shared(std::uint64_t id) noexcept : id_(id) {}

    std::uint64_t id_ = 0;  ///< the number under which the ranks know the value
};

}  // namespace hecaton
