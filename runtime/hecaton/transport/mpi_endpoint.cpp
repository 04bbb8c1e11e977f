#include <algorithm>
#include <cstdint>
#include <cstring>
#include <hecaton/transport/mpi_check.hpp>
#include <hecaton/transport/mpi_endpoint.hpp>

namespace hecaton::detail {
namespace {

constexpr int slot_tag = 1;
constexpr int body_tag = 2;
constexpr std::size_t slot_size = 4'000;  // with MPI's own header still below the eager limit of shared memory (4,096)
constexpr std::size_t slot_memory = 4'096;
constexpr std::size_t ring_size = 32;

struct SlotHeader {
    std::uint64_t head_size;
    std::uint64_t bulk_size;
};

bool fits_slot(std::size_t head_size) { return head_size <= slot_size - sizeof(SlotHeader); }

// MPI takes non-const memory in a receive and const in a send; both go through here piece by piece.
template <class Byte, class Post>
void in_pieces(Byte* data, std::size_t size, std::vector<MPI_Request>& requests, Post&& post) {
    for (std::size_t at = 0; at < size; at += largest_piece) {
        const int piece = static_cast<int>(std::min(largest_piece, size - at));
        post(data + at, piece, &requests.emplace_back(MPI_REQUEST_NULL));
    }
}

bool all_complete(std::vector<MPI_Request>& requests) {
    int flag = 0;
    check_mpi(MPI_Testall(static_cast<int>(requests.size()), requests.data(), &flag, MPI_STATUSES_IGNORE),
              "MPI_Testall");
    return flag != 0;
}

}  // namespace

MpiEndpoint::MpiEndpoint(MPI_Comm communicator, std::shared_ptr<NodeBells> bells)
    : communicator_(communicator), bells_(std::move(bells)), ring_(ring_size) {
    for (Slot& slot : ring_) {
        slot.memory.grow_by(slot_size);
        post(slot);
    }
}

MpiEndpoint::~MpiEndpoint() {
    // Errors are ignored: the pool is over, or the job is.
    for (Slot& slot : ring_) {
        if (slot.request == MPI_REQUEST_NULL) continue;
        MPI_Cancel(&slot.request);
        MPI_Wait(&slot.request, MPI_STATUS_IGNORE);
    }
}

void MpiEndpoint::post(Slot& slot) {
    check_mpi(MPI_Irecv(slot.memory.data(), static_cast<int>(slot_size), MPI_BYTE, MPI_ANY_SOURCE, slot_tag,
                        communicator_, &slot.request),
              "MPI_Irecv");
}

void MpiEndpoint::send(int to, Message message) {
    Outgoing out{.to = to, .slot = {}, .message = {}, .requests = {}};
    if (!spare_slots_.empty()) {
        out.slot = std::move(spare_slots_.back());
        spare_slots_.pop_back();
        out.slot.clear();
    }
    const SlotHeader header{message.head.size(), message.bulk.size};
    out.slot.append(&header, sizeof header);
    const bool inline_head = fits_slot(message.head.size());
    if (inline_head) out.slot.append(message.head.bytes());
    check_mpi(MPI_Isend(out.slot.data(), static_cast<int>(out.slot.size()), MPI_BYTE, to, slot_tag, communicator_,
                        &out.requests.emplace_back(MPI_REQUEST_NULL)),
              "MPI_Isend");
    const auto send_piece = [&](const std::byte* data, int size, MPI_Request* request) {
        check_mpi(MPI_Isend(data, size, MPI_BYTE, to, body_tag, communicator_, request), "MPI_Isend");
    };
    if (!inline_head) in_pieces<const std::byte>(message.head.data(), message.head.size(), out.requests, send_piece);
    in_pieces(message.bulk.data, message.bulk.size, out.requests, send_piece);
    const bool complete = all_complete(out.requests);
    ring(to);
    if (complete) {  // the usual case for a small message
        spare_slots_.push_back(std::move(out.slot));
        return;
    }
    out.message = std::move(message);
    outgoing_.push_back(std::move(out));
}

bool MpiEndpoint::poll(int& from, Message& message, Landing& landing) {
    if (arrived_.empty()) {
        // Receives are matched in the order in which they were posted, so only the oldest can have the next message.
        Slot& slot = ring_[next_slot_];
        int flag = 0;
        MPI_Status status;
        check_mpi(MPI_Test(&slot.request, &flag, &status), "MPI_Test");
        if (flag != 0) {
            take_slot(slot, status, landing);
            post(slot);
            next_slot_ = (next_slot_ + 1) % ring_.size();
        }
        if (!incoming_.empty()) receive_bodies(landing);
        if (!outgoing_.empty()) test_sends(4);
    }
    if (arrived_.empty()) return false;
    from = arrived_.front().from;
    message = std::move(arrived_.front().message);
    arrived_.pop_front();
    return true;
}

void MpiEndpoint::take_slot(Slot& slot, const MPI_Status& status, Landing& landing) {
    SlotHeader header{};
    std::memcpy(&header, slot.memory.data(), sizeof header);
    Incoming incoming;
    incoming.head_size = header.head_size;
    incoming.bulk_size = header.bulk_size;
    if (fits_slot(header.head_size)) {
        incoming.message.head.reserve(slot_memory);
        incoming.message.head.append(slot.memory.data() + sizeof header, header.head_size);
        incoming.head_complete = true;
    }
    const int from = status.MPI_SOURCE;
    const auto waiting = incoming_.find(from);
    if (waiting != incoming_.end()) {  // behind one that is not whole yet
        waiting->second.push_back(std::move(incoming));
    } else if (advance(from, incoming, landing)) {
        arrived_.push_back({from, std::move(incoming.message)});
    } else {
        incoming_[from].push_back(std::move(incoming));
    }
}

bool MpiEndpoint::advance(int from, Incoming& incoming, Landing& landing) {
    const auto receive_piece = [&](std::byte* data, int size, MPI_Request* request) {
        check_mpi(MPI_Irecv(data, size, MPI_BYTE, from, body_tag, communicator_, request), "MPI_Irecv");
    };
    if (!incoming.head_complete) {
        if (incoming.requests.empty()) {
            std::byte* head = incoming.message.head.grow_by(incoming.head_size);
            in_pieces(head, incoming.head_size, incoming.requests, receive_piece);
        }
        if (!all_complete(incoming.requests)) return false;
        incoming.requests.clear();
        incoming.head_complete = true;
    }
    if (incoming.bulk_size == 0) return true;
    if (incoming.requests.empty()) {
        Bulk& bulk = incoming.message.bulk;
        std::byte* place = landing.place(from, incoming.message.head.bytes(), incoming.bulk_size);
        if (place == nullptr) {
            auto memory = std::make_shared<Buffer>(incoming.bulk_size);
            place = memory->data();
            bulk.owner = std::move(memory);
        }
        bulk.data = place;
        bulk.size = incoming.bulk_size;
        in_pieces(place, incoming.bulk_size, incoming.requests, receive_piece);
    }
    return all_complete(incoming.requests);
}

void MpiEndpoint::receive_bodies(Landing& landing) {
    for (auto sender = incoming_.begin(); sender != incoming_.end();) {
        auto& [from, messages] = *sender;
        while (!messages.empty() && advance(from, messages.front(), landing)) {
            arrived_.push_back({from, std::move(messages.front().message)});
            messages.pop_front();
        }
        sender = messages.empty() ? incoming_.erase(sender) : std::next(sender);
    }
}

void MpiEndpoint::test_sends(std::size_t at_most) {
    for (std::size_t i = std::min(at_most, outgoing_.size()); i > 0; --i) {
        Outgoing out = std::move(outgoing_.front());
        outgoing_.pop_front();
        const bool complete = all_complete(out.requests);
        ring(out.to);  // it can receive now, or has to make progress with a message that it has not received yet
        if (complete) {
            spare_slots_.push_back(std::move(out.slot));
        } else {
            outgoing_.push_back(std::move(out));
        }
    }
}

bool MpiEndpoint::drained() {
    test_sends(outgoing_.size());
    return outgoing_.empty();
}

void MpiEndpoint::ring(int rank) noexcept {
    if (bells_ != nullptr) bells_->ring(rank);
}

std::chrono::nanoseconds MpiEndpoint::longest_sleep() {
    // Messages under way need both sides to poll.
    const bool at_rest = outgoing_.empty() && incoming_.empty() && arrived_.empty();
    return at_rest && bells_ != nullptr && bells_->all_ring() ? Backoff::when_all_ring : Backoff::between_polls;
}

}  // namespace hecaton::detail
