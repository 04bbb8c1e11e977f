#include <hecaton/tasks/frames.hpp>

namespace hecaton::detail {

void append_failed_frame(Buffer& buffer, const ErrorRecord& error) {
    buffer.append(&failed_frame, sizeof failed_frame);
    Writer writer(buffer);
    write(writer, error);
}

namespace {
std::uint64_t next_size(Reader& reader) {
    std::uint64_t size = 0;
    std::memcpy(&size, reader.take(sizeof size), sizeof size);
    return size;
}
}  // namespace

void skip_frames(Reader& reader, std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) {
        const std::uint64_t size = next_size(reader);
        if (size == failed_frame) {
            static_cast<void>(read_error_record(reader));
        } else {
            reader.take(size);
        }
    }
}

std::span<const std::byte> next_frame(Reader& reader) {
    const std::uint64_t size = next_size(reader);
    if (size == failed_frame) std::rethrow_exception(to_exception(read_error_record(reader)));
    return {reader.take(size), size};
}

}  // namespace hecaton::detail
