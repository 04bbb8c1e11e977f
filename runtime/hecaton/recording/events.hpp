// What a rank notes of what it does. Travels as bytes.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace hecaton::detail::recording {

/// Items of a call that were run one after the other. Times are those of the recording.
struct Piece {
    std::uint64_t job = 0;  ///< as the worker knows the call
    std::uint64_t first = 0;
    std::uint64_t count = 0;
    std::int64_t start = 0;
    std::int64_t duration = 0;  ///< what they took; it may have ended later, when something else was done in between
    std::uint64_t attempt = 1;
};

/// A stretch of a rank's time that has a name.
struct Stretch {
    enum class Kind : std::uint16_t { collective, region };

    std::int64_t start = 0;
    std::int64_t duration = 0;
    std::uint64_t bytes = 0;  ///< of a collective: what all ranks brought
    Kind kind = Kind::region;
    std::uint16_t length = 0;  ///< of the name
    std::array<char, 68> text{};

    void set_name(std::string_view name) noexcept;
    std::string_view name() const noexcept { return {text.data(), length}; }
};
static_assert(sizeof(Stretch) == 96);

}  // namespace hecaton::detail::recording
