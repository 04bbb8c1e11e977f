#include <algorithm>
#include <cstring>
#include <hecaton/transport/mpi_endpoint.hpp>
#include <new>

namespace hecaton::detail {

MpiEndpoint::MpiEndpoint(MPI_Comm communicator, std::shared_ptr<NodeBells> bells)
    : communicator_(communicator), bells_(std::move(bells)), sends_(communicator, bells_), ring_(ring_size) {
    for (Slot& slot : ring_) {
        slot.memory.grow_by(slot_size);
        post_slot(slot);
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

void MpiEndpoint::post_slot(Slot& slot) {
    check_mpi(MPI_Irecv(slot.memory.data(), static_cast<int>(slot_size), MPI_BYTE, MPI_ANY_SOURCE, slot_tag,
                        communicator_, &slot.request),
              "MPI_Irecv");
    slot.state = Slot::State::posted;
}

bool MpiEndpoint::poll(int& from, Message& message, Landing& landing) {
    if (arrived_.empty()) {
        // Receives are matched in the order in which they were posted, so only the oldest can have the next message.
        const auto post_last = [this] {
            post_slot(ring_[(next_slot_ + ring_.size() - 1) % ring_.size()]);
            last_slot_idle_ = false;
        };
        if (last_slot_idle_) post_last();
        Slot& slot = ring_[next_slot_];
        if (slot.state == Slot::State::posted) {
            int flag = 0;
            check_mpi(MPI_Test(&slot.request, &flag, MPI_STATUS_IGNORE), "MPI_Test");
            if (flag != 0) slot.state = Slot::State::full;
        }
        if (slot.state == Slot::State::full) {
            take_slot(slot);
            slot.state = Slot::State::idle;
            next_slot_ = (next_slot_ + 1) % ring_.size();
            last_slot_idle_ = true;
            post_last();
        }
        if (!incoming_.empty()) receive_bodies(landing);
        sends_.progress();
    }
    if (arrived_.empty()) return false;
    from = arrived_.front().from;
    message = std::move(arrived_.front().message);
    if (spare_incoming_.size() < spare_messages) {
        arrived_.front() = Incoming();
        spare_incoming_.splice(spare_incoming_.begin(), arrived_, arrived_.begin());
    } else {
        arrived_.pop_front();
    }
    return true;
}

void MpiEndpoint::forget(int rank) {
    gone_.insert(rank);
    sends_.forget(rank);
    const auto from = incoming_.find(rank);
    if (from == incoming_.end()) return;
    // Nothing more comes into their places, but MPI has the requests.
    static auto& kept = *new std::list<Incoming>;
    kept.splice(kept.end(), from->second);
    incoming_.erase(from);
}

// When it throws, the slot is as it was.
void MpiEndpoint::take_slot(const Slot& slot) {
    SlotHeader header{};
    std::memcpy(&header, slot.memory.data(), sizeof header);
    const auto from = static_cast<int>(header.from);
    if (!gone_.empty() && gone_.contains(from)) return;
    std::list<Incoming> taken = take_node(spare_incoming_);
    Incoming& incoming = taken.front();
    incoming.from = from;
    incoming.head_size = header.head_size;
    incoming.bulk_size = header.bulk_size;
    const bool inline_head = fits_slot(header.head_size);
    if (inline_head) {
        incoming.message.head.reserve(slot_memory);
        incoming.message.head.append(slot.memory.data() + sizeof header, header.head_size);
        incoming.head.posted = header.head_size;
    }
    auto waiting = incoming_.find(from);
    if (waiting == incoming_.end()) {
        if (inline_head && header.bulk_size == 0) return arrived_.splice(arrived_.end(), taken);
        waiting = incoming_.try_emplace(from).first;
    }
    waiting->second.splice(waiting->second.end(), taken);
}

void MpiEndpoint::receive_bodies(Landing& landing) {
    for (auto sender = incoming_.begin(); sender != incoming_.end();) {
        std::list<Incoming>& messages = sender->second;
        while (!messages.empty() && advance(messages.front(), landing))
            arrived_.splice(arrived_.end(), messages, messages.begin());
        sender = messages.empty() ? incoming_.erase(sender) : std::next(sender);
    }
}

bool MpiEndpoint::advance(Incoming& incoming, Landing& landing) {
    return receive_head(incoming) && receive_bulk(incoming, landing);
}

bool MpiEndpoint::receive_head(Incoming& incoming) {
    Message& message = incoming.message;
    if (message.head_lost) return discard(incoming, incoming.head, incoming.head_size);
    if (message.head.size() != incoming.head_size) {
        try {
            message.head.grow_by(incoming.head_size);
        } catch (const std::bad_alloc&) {
            message.head_lost = true;
            return false;
        }
    }
    return receive(incoming, incoming.head, message.head.data(), incoming.head_size);
}

bool MpiEndpoint::receive_bulk(Incoming& incoming, Landing& landing) {
    if (incoming.bulk_size == 0) return true;
    if (!incoming.bulk_placed) place_bulk(incoming, landing);
    if (incoming.message.bulk_lost) return discard(incoming, incoming.bulk, incoming.bulk_size);
    return receive(incoming, incoming.bulk, incoming.bulk_place, incoming.bulk_size);
}

void MpiEndpoint::place_bulk(Incoming& incoming, Landing& landing) {
    Message& message = incoming.message;
    const std::size_t size = incoming.bulk_size;
    if (message.head_lost || !landing.wants(message.head.bytes())) {
        message.bulk_lost = true;
    } else if (std::byte* place = landing.place(incoming.from, message.head.bytes(), size)) {
        message.bulk = {place, size, nullptr};
        incoming.bulk_place = place;
    } else {
        try {
            auto memory = std::make_shared<Buffer>(size);
            incoming.bulk_place = memory->data();
            message.bulk = {memory->data(), size, std::move(memory)};
        } catch (const std::bad_alloc&) {
            message.bulk_lost = true;
        }
    }
    incoming.bulk_placed = true;
}

// True when all of it is there.
bool MpiEndpoint::receive(Incoming& incoming, Pieces& pieces, std::byte* place, std::size_t size) {
    pieces.post_to(size, [&](std::size_t at, int count, MPI_Request* request) {
        check_mpi(MPI_Irecv(place + at, count, MPI_BYTE, incoming.from, body_tag, communicator_, request), "MPI_Irecv");
    });
    return complete(pieces.requests);
}

// The same, but one piece after the other goes to the same place.
bool MpiEndpoint::discard(Incoming& incoming, Pieces& pieces, std::size_t size) {
    while (complete(pieces.requests)) {
        pieces.requests.clear();
        if (pieces.posted == size) {
            incoming.waste = Buffer();
            return true;
        }
        if (incoming.waste.empty()) incoming.waste.grow_by(std::min(piece_size, size));
        pieces.post_to(std::min(size, pieces.posted + piece_size), [&](std::size_t, int count, MPI_Request* request) {
            check_mpi(
                MPI_Irecv(incoming.waste.data(), count, MPI_BYTE, incoming.from, body_tag, communicator_, request),
                "MPI_Irecv");
        });
    }
    return false;
}

std::chrono::nanoseconds MpiEndpoint::longest_sleep() {
    // Messages under way need both sides to poll.
    const bool at_rest = sends_.at_rest() && incoming_.empty() && arrived_.empty();
    return at_rest && bells_ != nullptr && bells_->all_ring() ? Backoff::when_all_ring : Backoff::between_polls;
}

}  // namespace hecaton::detail
