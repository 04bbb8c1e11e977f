// Frames: how items that are not plain bytes lie in a chunk, one after the other.
//
// Each begins with its length, so a reader can go on after an item that does not decode, and only that item fails.
#pragma once

#include <cstring>
#include <hecaton/codec/codec.hpp>
#include <hecaton/tasks/error_record.hpp>
#include <hecaton/tasks/runner.hpp>

namespace hecaton::detail {

/// Appends one frame that holds what `fill(writer)` writes. When that throws, the buffer is as before.
template <class Fill>
void append_frame_of(Buffer& buffer, Fill&& fill) {
    const std::size_t start = buffer.size();
    buffer.grow_by(sizeof(std::uint64_t));
    try {
        Writer writer(buffer);
        fill(writer);
    } catch (...) {
        buffer.shrink_to(start);
        throw;
    }
    const std::uint64_t size = buffer.size() - start - sizeof(std::uint64_t);
    std::memcpy(buffer.data() + start, &size, sizeof size);
}

/// Appends one frame that holds `values`. When one of them cannot be encoded the buffer is as before, and the error is
/// thrown.
template <class... Values>
void append_frame(Buffer& buffer, const Values&... values) {
    append_frame_of(buffer, [&](Writer& writer) { (encode(writer, values), ...); });
}

/// Appends a frame for an item that has none, because of `error`.
void append_failed_frame(Buffer& buffer, const ErrorRecord& error);

/// Goes on behind `count` frames, failed ones or not.
void skip_frames(Reader& reader, std::uint64_t count);

/// The content of the next frame. For a failed frame the item's error is thrown.
std::span<const std::byte> next_frame(Reader& reader);

}  // namespace hecaton::detail
