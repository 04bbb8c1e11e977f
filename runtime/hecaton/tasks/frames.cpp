#include <hecaton/tasks/frames.hpp>

namespace hecaton::detail {

void append_failed_frame(Buffer& buffer, const ErrorRecord& error) {
    buffer.append(&failed_frame, sizeof failed_frame);
    Writer writer(buffer);
    write(writer, error);
}

std::span<const std::byte> next_frame(Reader& reader) {
    std::uint64_t size = 0;
    std::memcpy(&size, reader.take(sizeof size), sizeof size);
    if (size == failed_frame) std::rethrow_exception(to_exception(read_error_record(reader)));
    return {reader.take(size), size};
}

}  // namespace hecaton::detail
