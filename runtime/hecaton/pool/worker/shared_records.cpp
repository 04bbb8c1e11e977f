#include <hecaton/pool/shared/store.hpp>
#include <hecaton/pool/worker/shared_records.hpp>
#include <new>
#include <utility>

namespace hecaton::detail {

using wire::Kind;

namespace {

// A rank that cannot open the file asks for the bytes.
void open_file(const wire::OpenShared& record, WorkerOutput& output) {
    if (auto file = MemoryFile::open(record.file)) return shared_store().put(record.id, SharedBlock(std::move(file)));
    shared_store().expect(record.id);
    output.add(wire::SharedAnswer{.kind = Kind::shared_wanted, .id = record.id, .file = {}});
}

void take_bytes(const wire::PutShared& record, wire::RecordReader& records,
                const std::shared_ptr<const Message>& message, WorkerOutput& output) {
    if (record.bulk != 0 && message->bulk_lost) throw std::bad_alloc();
    const SharedBlock block = record.bulk == 0 ? SharedBlock(records.bytes(record.bytes), message)
                              : message->bulk.owner == nullptr
                                  ? shared_store().received(record.id)
                                  : SharedBlock({message->bulk.data, message->bulk.size}, message);
    shared_store().put(record.id, block);
    if (record.for_node == 0) return;
    output.add(wire::SharedAnswer{.kind = Kind::shared_kept,
                                  .id = record.id,
                                  .file = block.in_file() ? block.file()->address() : MemoryFile::Address{}});
}

}  // namespace

std::byte* SharedLanding::place(int /*from*/, std::span<const std::byte> head, std::size_t size) {
    wire::RecordReader records(head);
    if (size < SharedBlock::smallest_file || records.kind() != Kind::put_shared) return nullptr;
    return shared_store().room_for(records.record<wire::PutShared>().id, size);
}

void take_shared(wire::RecordReader& records, const std::shared_ptr<const Message>& message, WorkerOutput& output) {
    switch (records.kind()) {
        case Kind::put_shared:
            take_bytes(records.record<wire::PutShared>(), records, message, output);
            break;
        case Kind::expect_shared:
            shared_store().expect(records.record<wire::ExpectShared>().id);
            break;
        case Kind::open_shared:
            open_file(records.record<wire::OpenShared>(), output);
            break;
        default:
            shared_store().drop(records.record<wire::DropShared>().id);
            break;
    }
}

}  // namespace hecaton::detail
