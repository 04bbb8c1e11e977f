// Shared: a value that is sent once to each rank, and used by any number of tasks there.
#pragma once

#include <cstdint>
#include <hecaton/codec/codec.hpp>
#include <memory>
#include <span>

namespace hecaton {

namespace detail {
/// The value of that number on this rank; `decode` makes it from bytes when nobody has yet. Throws UsageError for a
/// value that was released.
const void* shared_value(std::uint64_t id, std::shared_ptr<const void> (*decode)(std::span<const std::byte>));
}  // namespace detail

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

    const T& operator*() const { return *static_cast<const T*>(detail::shared_value(id_, &decode_value)); }
    const T* operator->() const { return std::addressof(**this); }

  private:
    static std::shared_ptr<const void> decode_value(std::span<const std::byte> bytes) {
        Reader reader(bytes);
        return std::make_shared<const T>(decode<T>(reader));
    }
    std::uint64_t id_ = 0;
};

}  // namespace hecaton
