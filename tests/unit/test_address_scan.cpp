// What of a closure's bytes is taken for an address of this process.
#include <cstdint>
#include <hecaton/foundation/error.hpp>
#include <hecaton/tasks/address_scan.hpp>
#include <memory>
#include <span>
#include <support/catch.hpp>
#include <support/sanitizer.hpp>

using hecaton::UsageError;
using hecaton::detail::refuse_addresses;

namespace {

double untouched[1 << 20];  // no page of it exists before it is written to

template <class T>
void scan(const T& closure) {
    refuse_addresses(std::as_bytes(std::span<const T, 1>(&closure, 1)));
}

}  // namespace

TEST_CASE("pointers to the stack, the heap and globals are found, behind other captures, too") {
    const int local = 0;
    const auto owned = std::make_unique<int>(1);
    CHECK_THROWS_AS(scan(&local), UsageError);
    CHECK_THROWS_AS(scan(owned.get()), UsageError);
    const struct {
        std::int64_t number;
        const int* pointer;
    } both{42, owned.get()};
    CHECK_THROWS_AS(scan(both), UsageError);
    if constexpr (!hecaton::test::sanitized)  // a sanitizer has such pages itself
        CHECK_THROWS_AS(scan(untouched + (1 << 19)), UsageError);
    untouched[1 << 19] = 1;
    CHECK_THROWS_AS(scan(untouched + (1 << 19)), UsageError);
}

TEST_CASE("numbers are not taken for addresses, whatever a sanitizer has mapped") {
    for (std::uint32_t high = 0; high < 0x2000; ++high) {
        const struct { std::uint32_t low, high; } two{123'456'789, high};
        CAPTURE(high);
        CHECK_NOTHROW(scan(two));
    }
    for (const double number : {0.0, 1.0, -1.0, 3.14, 1e-300, 1e300}) CHECK_NOTHROW(scan(number));
    for (const std::int64_t number : {-1L, 1L << 31, 1L << 40, 1L << 62}) CHECK_NOTHROW(scan(number));
}
