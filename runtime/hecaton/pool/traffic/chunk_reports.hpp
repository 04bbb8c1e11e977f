// What a worker says of a chunk (wire::ChunkDone): whether it can be so, and whose bytes come with it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <hecaton/pool/worker/wire.hpp>
#include <hecaton/scheduling/chunk.hpp>
#include <optional>
#include <span>

namespace hecaton::detail {

/// Whether a job of so many items has these.
constexpr bool holds_items(std::uint64_t items, std::uint64_t first, std::uint64_t count) {
    return first <= items && count <= items - first;
}

/// What a worker says of a chunk is about the items of it that it holds. Those that come back are its last ones, and
/// the record of them alone begins with them. Throws DecodeError for anything else.
void check_report(const wire::ChunkDone& record, const scheduling::Chunk& held);

/// The record whose results are in the bulk behind the message with this head.
std::optional<wire::ChunkDone> bulk_record(std::span<const std::byte> head);

}  // namespace hecaton::detail
