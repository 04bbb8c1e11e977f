#include <hecaton/tasks/frames.hpp>

namespace hecaton::detail {

namespace {

std::uint64_t next_size(Reader& reader) {
    std::uint64_t size = 0;
    std::memcpy(&size, reader.take(sizeof size), sizeof size);
    return size;
}

}  // namespace

void append_failed_frame(Buffer& buffer, const ErrorRecord& error) {
    const std::size_t start = buffer.size();
    try {
        buffer.append(&failed_frame, sizeof failed_frame);
        append_frame_of(buffer, [&](Writer& writer) { write(writer, error); });
    } catch (...) {
        buffer.shrink_to(start);
        throw;
    }
}

void skip_frames(Reader& reader, std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) {
        std::uint64_t size = next_size(reader);
        if (size == failed_frame) size = next_size(reader);
        reader.take(size);
    }
}

std::span<const std::byte> next_frame(Reader& reader) {
    const std::uint64_t size = next_size(reader);
    if (size != failed_frame) return {reader.take(size), size};
    // The reader is behind the frame before the error is read, for which there may be no memory.
    const std::uint64_t error_size = next_size(reader);
    Reader error({reader.take(error_size), error_size});
    std::rethrow_exception(to_exception(read_error_record(error)));
}

}  // namespace hecaton::detail
