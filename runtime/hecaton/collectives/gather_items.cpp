#include <cstring>
#include <hecaton/collectives/gather_items.hpp>
#include <hecaton/transport/byte_collectives.hpp>

namespace hecaton::detail {

void gather_agreed(const Call& call, Receiver receiver, ConstPart send, void* receive) {
    if (call.all_inline()) {  // it is here already
        if (!receives(call, receiver)) return;
        auto* at = static_cast<std::byte*>(receive);
        for (int rank = 0; rank < call.size(); ++rank) {
            const std::span<const std::byte> bytes = call.payload(rank);
            if (!bytes.empty()) std::memcpy(at, bytes.data(), bytes.size());
            at += bytes.size();
        }
    } else if (receiver == Receiver::root) {
        gather_bytes(call.communicator(), send, call.kept_byte_sizes(), receive, call.root());
    } else {
        all_gather_bytes(call.communicator(), send, call.kept_byte_sizes(), receive);
    }
}

}  // namespace hecaton::detail
