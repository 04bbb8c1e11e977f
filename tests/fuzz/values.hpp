// Fuzzing the decoders of the codec: the first byte of an input chooses one of a target's types, the rest is decoded.
#pragma once

#include <fuzz/target.hpp>
#include <hecaton/codec/codec.hpp>

namespace hecaton::fuzz {

/// Stands for T, of which equal values may differ in their encodings: they have no order, a number of buckets that
/// their history decides, or padding, which clang 19 cannot clear.
template <class T>
struct Ambiguous {};

template <class T>
std::string encoded(const T& value) {
    detail::Buffer buffer;
    detail::Writer writer(buffer);
    detail::encode(writer, value);
    return std::string(text(buffer.bytes()));
}

/// A value that came out has to be one that travels: it can be encoded and decoded once more.
template <class T>
std::pair<std::string, std::string> encoded_twice(std::span<const std::byte> bytes) {
    detail::Reader reader(bytes);
    const std::string once = encoded(detail::decode<T>(reader));
    detail::Reader again(std::as_bytes(std::span(once)));
    try {
        std::string twice = encoded(detail::decode<T>(again));
        require(again.remaining() == 0);
        return {once, std::move(twice)};
    } catch (const DecodeError&) {
        std::abort();
    }
}

template <class T>
struct DecodeOne {
    static void run(std::span<const std::byte> bytes) {
        const auto [once, twice] = encoded_twice<T>(bytes);
        require(once == twice);
    }
};
template <class T>
struct DecodeOne<Ambiguous<T>> {
    static void run(std::span<const std::byte> bytes) { static_cast<void>(encoded_twice<T>(bytes)); }
};

/// Decodes one of the types.
template <class... Ts>
void decode_one_of(std::span<const std::byte> bytes) {
    if (bytes.empty()) return;
    std::size_t which = std::to_integer<std::size_t>(bytes[0]) % sizeof...(Ts);
    static_cast<void>(((which-- == 0 && (DecodeOne<Ts>::run(bytes.subspan(1)), true)) || ...));
}

/// The seeds for decode_one_of: a value of each of its types, in their order.
template <class... Ts>
std::vector<std::string> one_seed_each(const Ts&... values) {
    std::vector<std::string> found;
    (found.push_back(std::string(1, static_cast<char>(found.size())) + encoded(values)), ...);
    return found;
}

}  // namespace hecaton::fuzz
