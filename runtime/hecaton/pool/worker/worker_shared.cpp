// The worker's part in shared values: it takes in bytes, or opens a neighbour's file.
#include <hecaton/pool/shared/store.hpp>
#include <hecaton/pool/worker/shared_landing.hpp>
#include <hecaton/pool/worker/worker.hpp>

namespace hecaton::detail {

using wire::Kind;

std::byte* SharedLanding::place(int /*from*/, std::span<const std::byte> head, std::size_t size) {
    wire::RecordReader records(head);
    if (size < SharedBlock::smallest_file || records.kind() != Kind::put_shared) return nullptr;
    return shared_store().land(records.record<wire::PutShared>().id, size);
}

void Worker::take_shared(wire::RecordReader& records, const std::shared_ptr<const Message>& message) {
    if (records.kind() == Kind::drop_shared) {
        shared_store().drop(records.record<wire::DropShared>().id);
    } else if (records.kind() == Kind::expect_shared) {
        shared_store().expect(records.record<wire::ExpectShared>().id);
    } else if (records.kind() == Kind::open_shared) {
        const auto record = records.record<wire::OpenShared>();
        if (auto file = MemoryFile::open(record.file))
            return shared_store().put(record.id, SharedBlock(std::move(file)));
        shared_store().expect(record.id);
        answer({.kind = Kind::shared_wanted, .id = record.id, .file = {}});
    } else {
        const auto record = records.record<wire::PutShared>();
        const SharedBlock block = record.bulk == 0 ? SharedBlock(records.bytes(record.bytes), message)
                                  : message->bulk.owner == nullptr
                                      ? shared_store().landed(record.id)
                                      : SharedBlock({message->bulk.data, message->bulk.size}, message);
        shared_store().put(record.id, block);
        if (record.for_node == 0) return;
        answer({.kind = Kind::shared_kept,
                .id = record.id,
                .file = block.in_file() ? block.file()->address() : MemoryFile::Address{}});
    }
}

void Worker::answer(const wire::SharedAnswer& record) { output_.add(record); }

}  // namespace hecaton::detail
