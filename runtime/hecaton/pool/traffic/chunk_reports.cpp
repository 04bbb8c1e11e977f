#include <hecaton/foundation/error.hpp>
#include <hecaton/pool/traffic/chunk_reports.hpp>
#include <hecaton/tasks/runner.hpp>

namespace hecaton::detail {

void check_report(const wire::ChunkDone& record, const scheduling::Chunk& held) {
    const bool right = record.job == held.job && record.done <= held.count && record.back <= held.count - record.done &&
                       (record.done == 0 || record.first == held.first) &&
                       (record.time_bytes == 0 || record.time_bytes == record.done * sizeof(ItemTime));
    if (!right) throw DecodeError("a worker reports items that it was not given");
}

std::optional<wire::ChunkDone> bulk_record(std::span<const std::byte> head) {
    wire::RecordReader records(head);
    if (!records.at_end() && records.kind() == wire::Kind::recorded) wire::pass_over(records);
    while (!records.at_end() && records.kind() == wire::Kind::chunk_done) {
        const auto record = records.record<wire::ChunkDone>();
        records.bytes(record.error_bytes);
        records.bytes(record.time_bytes);
        if (record.bulk != 0) return record;
        records.bytes(record.value_bytes);
    }
    return {};
}

}  // namespace hecaton::detail
