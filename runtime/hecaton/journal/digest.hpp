// Digest: a hash of 128 bits, by which a journal tells items and calls apart.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace hecaton::detail::journal {

struct Digest {
    std::uint64_t high = 0;
    std::uint64_t low = 0;
    friend bool operator==(const Digest&, const Digest&) = default;
};

inline std::span<const std::byte> bytes_of(const Digest& digest) noexcept {
    return std::as_bytes(std::span(&digest, 1));
}

/// Of these bytes alone.
Digest digest(std::span<const std::byte> bytes) noexcept;

/// Of several parts, each told apart from its neighbours: ("ab", "c") and ("a", "bc") differ.
class Hasher {
  public:
    Hasher();
    ~Hasher();
    Hasher(const Hasher&) = delete;
    Hasher& operator=(const Hasher&) = delete;

    void add(std::span<const std::byte> bytes) noexcept;
    void add(std::string_view text) noexcept { add(std::as_bytes(std::span(text.data(), text.size()))); }
    void add(std::uint64_t number) noexcept { add(std::as_bytes(std::span(&number, 1))); }
    void add(const Digest& part) noexcept;
    Digest digest() const noexcept;

  private:
    struct State;
    const std::unique_ptr<State> state_;
};

}  // namespace hecaton::detail::journal
