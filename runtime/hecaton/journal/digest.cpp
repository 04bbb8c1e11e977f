#define XXH_INLINE_ALL
#include <xxhash.h>

#include <hecaton/journal/digest.hpp>

namespace hecaton::detail::journal {

namespace {
Digest from(const XXH128_hash_t& hash) { return {hash.high64, hash.low64}; }
}  // namespace

struct Hasher::State {
    XXH3_state_t xxh3;
};

Digest digest(std::span<const std::byte> bytes) noexcept { return from(XXH3_128bits(bytes.data(), bytes.size())); }

Hasher::Hasher() : state_(std::make_unique<State>()) { XXH3_128bits_reset(&state_->xxh3); }

Hasher::~Hasher() = default;

// The length goes in front, so that each part ends where it ended.
void Hasher::add(std::span<const std::byte> bytes) noexcept {
    const std::uint64_t size = bytes.size();
    XXH3_128bits_update(&state_->xxh3, &size, sizeof size);
    XXH3_128bits_update(&state_->xxh3, bytes.data(), bytes.size());
}

void Hasher::add(const Digest& part) noexcept { add(bytes_of(part)); }

Digest Hasher::digest() const noexcept { return from(XXH3_128bits_digest(&state_->xxh3)); }

}  // namespace hecaton::detail::journal
