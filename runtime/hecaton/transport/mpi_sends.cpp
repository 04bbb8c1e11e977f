#include <algorithm>
#include <hecaton/transport/mpi_sends.hpp>
#include <utility>

namespace hecaton::detail {

void MpiSends::send(int to, Message message) {
    std::list<Outgoing> sent = take_node(spare_outgoing_);
    Outgoing& out = sent.front();
    out.to = to;
    out.slot.clear();
    out.slot.reserve(slot_memory);
    const SlotHeader header{message.head.size(), message.bulk.size, rank_};
    out.slot.append(&header, sizeof header);
    const bool inline_head = fits_slot(message.head.size());
    if (inline_head) out.slot.append(message.head.bytes());
    if (!inline_head) out.head.requests.reserve(pieces_of(message.head.size()));
    out.bulk.requests.reserve(pieces_of(message.bulk.size));
    out.message = std::move(message);
    if (!unsent_.empty()) return unsent_.splice(unsent_.end(), sent);
    try {
        post(out);
    } catch (...) {
        if (!out.slot_posted) throw;
        return unsent_.splice(unsent_.end(), sent);  // the rest is posted later
    }
    outgoing_.splice(outgoing_.end(), sent);
    const auto last = std::prev(outgoing_.end());
    try {
        test_send(last);  // a small message has left at once, mostly
    } catch (...) {       // it is tested again
    }
    ring(to);
}

// Goes on where it threw.
void MpiSends::post(Outgoing& out) {
    const auto post_pieces = [&](Pieces& pieces, const std::byte* data, std::size_t size) {
        pieces.post_to(size, [&](std::size_t at, int count, MPI_Request* request) {
            check_mpi(MPI_Isend(data + at, count, MPI_BYTE, out.to, body_tag, communicator_, request), "MPI_Isend");
        });
    };
    if (!out.slot_posted) {
        check_mpi(MPI_Isend(out.slot.data(), static_cast<int>(out.slot.size()), MPI_BYTE, out.to, slot_tag,
                            communicator_, &out.slot_request),
                  "MPI_Isend");
        out.slot_posted = true;
    }
    const Buffer& head = out.message.head;
    if (!fits_slot(head.size())) post_pieces(out.head, head.data(), head.size());
    post_pieces(out.bulk, out.message.bulk.data, out.message.bulk.size);
}

void MpiSends::post_unsent() {
    while (!unsent_.empty()) {
        post(unsent_.front());
        ring(unsent_.front().to);
        outgoing_.splice(outgoing_.end(), unsent_, unsent_.begin());
    }
}

void MpiSends::test_sends(std::size_t at_most) {
    for (std::size_t i = std::min(at_most, outgoing_.size()); i > 0; --i) {
        const auto out = outgoing_.begin();
        const int to = out->to;
        if (!test_send(out)) outgoing_.splice(outgoing_.end(), outgoing_, out);
        ring(to);  // it can receive now, or has to make progress with a message that it has not received yet
    }
}

void MpiSends::forget(int rank) {
    std::erase_if(unsent_, [rank](const Outgoing& out) { return out.to == rank && !out.slot_posted; });
    // MPI may still read what it was asked to send, and cannot be stopped: that memory is kept for ever.
    static auto& kept = *new std::list<Outgoing>;
    for (auto* list : {&unsent_, &outgoing_})
        for (auto out = list->begin(); out != list->end();)
            if (const auto next = std::next(out); out->to == rank) {
                kept.splice(kept.end(), *list, out);
                out = next;
            } else {
                out = next;
            }
}

void MpiSends::progress() {
    if (!unsent_.empty()) post_unsent();
    if (!outgoing_.empty()) test_sends(4);
}

// Whether it has left; then it is gone.
bool MpiSends::test_send(std::list<Outgoing>::iterator out) {
    if (!complete(out->slot_request) || !complete(out->head.requests) || !complete(out->bulk.requests)) return false;
    out->message = Message();
    out->slot_posted = false;
    for (Pieces* pieces : {&out->head, &out->bulk}) {
        pieces->posted = 0;
        pieces->requests.clear();
    }
    if (spare_outgoing_.size() < spare_messages) {
        spare_outgoing_.splice(spare_outgoing_.begin(), outgoing_, out);
    } else {
        outgoing_.erase(out);
    }
    return true;
}

bool MpiSends::drained() {
    post_unsent();
    test_sends(outgoing_.size());
    return outgoing_.empty();
}

void MpiSends::ring(int rank) noexcept {
    if (bells_ != nullptr) bells_->ring(rank);
}

}  // namespace hecaton::detail
