// Values through the codec and back.
#pragma once

#include <hecaton/codec/codec.hpp>
#include <support/catch.hpp>

namespace hecaton::test {

template <class T>
T round_trip(const T& value) {
    detail::Buffer buffer;
    detail::Writer writer(buffer);
    writer.byte(7);  // so that nothing lies where its type would like it to
    detail::encode(writer, value);
    writer.byte(8);
    detail::Reader reader(buffer.bytes());
    reader.take(1);
    T back = detail::decode<T>(reader);
    REQUIRE(reader.byte() == 8);
    REQUIRE(reader.remaining() == 0);
    return back;
}

}  // namespace hecaton::test
