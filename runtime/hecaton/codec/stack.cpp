#include <pthread.h>

#include <algorithm>
#include <hecaton/codec/stack.hpp>
#include <hecaton/foundation/error.hpp>
#include <stdexcept>

namespace hecaton::detail {
namespace {

std::uintptr_t measure() noexcept {
    pthread_attr_t attributes;
    if (::pthread_getattr_np(::pthread_self(), &attributes) != 0) return 0;
    void* lowest = nullptr;
    std::size_t size = 0;
    const int status = ::pthread_attr_getstack(&attributes, &lowest, &size);
    ::pthread_attr_destroy(&attributes);
    if (status != 0) return 0;
    // What a value's own members and the handling of an error need below us.
    const std::size_t reserve = std::min<std::size_t>(size / 4, 512 * 1024);
    return reinterpret_cast<std::uintptr_t>(lowest) + reserve;
}

constexpr const char* too_deep = "hecaton: a value is nested too deeply for the stack of this thread";

}  // namespace

std::uintptr_t stack_floor() noexcept {
    thread_local const std::uintptr_t floor = measure();
    return floor;
}

void check_nesting_to_encode() {
    if (stack_exhausted()) throw std::length_error(too_deep);
}

void check_nesting_to_decode() {
    if (stack_exhausted()) throw DecodeError(too_deep);
}

}  // namespace hecaton::detail
