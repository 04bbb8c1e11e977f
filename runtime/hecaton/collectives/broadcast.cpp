#include <hecaton/collectives/broadcast.hpp>

namespace hecaton::detail {

void broadcast_encoded(Call& call, Buffer& bytes) {
    call.agree(1, bytes.size(), bytes.data());
    const std::uint64_t size = call.bytes(call.root());
    call.make_room(size, [&] {
        if (!call.is_root()) bytes = Buffer(static_cast<std::size_t>(size));
    });
    if (size > sizeof(Statement::payload)) {
        broadcast_bytes(call.communicator(), bytes.data(), size, call.root());
    } else if (!call.is_root() && size != 0) {
        std::memcpy(bytes.data(), call.payload(call.root()).data(), static_cast<std::size_t>(size));
    }
}

}  // namespace hecaton::detail
