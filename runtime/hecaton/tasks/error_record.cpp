#include <cstring>
#include <hecaton/tasks/error_record.hpp>

namespace hecaton::detail {
namespace {

template <class T>
void write_bytes(Writer& writer, const T& value) {
    writer.raw(&value, sizeof value);
}

template <class T>
void read_bytes(Reader& reader, T& value) {
    std::memcpy(&value, reader.take(sizeof value), sizeof value);
}

void write_text(Writer& writer, const std::string& text) {
    writer.size(text.size());
    writer.raw(text.data(), text.size());
}

std::string read_text(Reader& reader) {
    const std::size_t size = reader.count(1);
    return std::string(reinterpret_cast<const char*>(reader.take(size)), size);
}

}  // namespace

void write(Writer& writer, const ErrorRecord& record) {
    write_bytes(writer, record.kind);
    write_bytes(writer, record.index);
    write_bytes(writer, record.rank);
    write_bytes(writer, record.code.value);
    for (const std::string* text : {&record.host, &record.type_name, &record.text, &record.code.category,
                                    &record.code.message, &record.path1, &record.path2})
        write_text(writer, *text);
}

ErrorRecord read_error_record(Reader& reader) {
    ErrorRecord record;
    read_bytes(reader, record.kind);
    read_bytes(reader, record.index);
    read_bytes(reader, record.rank);
    read_bytes(reader, record.code.value);
    for (std::string* text : {&record.host, &record.type_name, &record.text, &record.code.category,
                              &record.code.message, &record.path1, &record.path2})
        *text = read_text(reader);
    return record;
}

}  // namespace hecaton::detail
