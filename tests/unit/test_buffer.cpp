#include <cstdint>
#include <cstring>
#include <hecaton/foundation/buffer.hpp>
#include <support/catch.hpp>
#include <utility>

using hecaton::detail::Buffer;

TEST_CASE("a buffer keeps its bytes while it grows") {
    Buffer buffer;
    for (int i = 0; i < 10'000; ++i) buffer.append(&i, sizeof i);
    REQUIRE(buffer.size() == 40'000);
    int last = 0;
    std::memcpy(&last, buffer.data() + 4 * 9'999, sizeof last);
    CHECK(last == 9'999);
    CHECK(reinterpret_cast<std::uintptr_t>(buffer.data()) % Buffer::alignment == 0);
}

TEST_CASE("a moved buffer takes its bytes along") {
    Buffer first;
    first.append("abc", 3);
    Buffer second = std::move(first);
    CHECK(second.size() == 3);
    second = Buffer();
    CHECK(second.empty());
}

TEST_CASE("a buffer refuses sizes that cannot be") {
    Buffer buffer;
    buffer.append("abc", 3);
    CHECK_THROWS_AS(buffer.grow_by(SIZE_MAX - 1), std::bad_alloc);
    CHECK(buffer.size() == 3);
}
