// Shared: a value that is sent once to each node or rank, and used by any number of tasks there.
#pragma once

#include <cstdint>
#include <hecaton/pool/shared/form.hpp>
#include <memory>

namespace hecaton {

/// What Pool::broadcast returns: a small trivially copyable handle, to be captured by value in a lambda. It can be
/// dereferenced in the body and in tasks of the pool, until pool.release(shared) or the pool's end; after that it
/// throws UsageError.
template <class T>
class Shared {
  public:
    /// The number under which the ranks know the value; for the pool.
    static Shared from_id(std::uint64_t id) noexcept {
        Shared shared;
        shared.id_ = id;
        return shared;
    }
    std::uint64_t id() const noexcept { return id_; }

    const T& operator*() const { return *static_cast<const T*>(detail::shared_value(id_, &detail::shared_from<T>)); }
    const T* operator->() const { return std::addressof(**this); }

  private:
    std::uint64_t id_ = 0;
};

}  // namespace hecaton
