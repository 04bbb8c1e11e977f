// The errors of items, and the exceptions that are made of them.
#include <fuzz/values.hpp>
#include <hecaton/tasks/error_record.hpp>

namespace hecaton::fuzz {
namespace {

std::string written(const detail::ErrorRecord& record) {
    detail::Buffer buffer;
    detail::Writer writer(buffer);
    detail::write(writer, record);
    return std::string(text(buffer.bytes()));
}

}  // namespace

void run(std::span<const std::byte> bytes) {
    detail::Reader reader(bytes);
    const detail::ErrorRecord record = detail::read_error_record(reader);
    const std::string once = written(record);
    detail::Reader again(std::as_bytes(std::span(once)));
    require(written(detail::read_error_record(again)) == once);
    std::rethrow_exception(detail::to_exception(record));
}

std::vector<std::string> seeds() {
    std::vector<std::string> found;
    for (int kind = 0; kind <= static_cast<int>(detail::ErrorRecord::Kind::task_timeout); ++kind)
        found.push_back(written({.kind = static_cast<detail::ErrorRecord::Kind>(kind),
                                 .index = 7,
                                 .rank = 1,
                                 .host = "node1",
                                 .type_name = "std::range_error",
                                 .text = "too large"}));
    return found;
}

}  // namespace hecaton::fuzz
