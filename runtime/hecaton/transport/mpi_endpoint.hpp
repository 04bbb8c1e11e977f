// The byte transport over MPI point-to-point messages.
//
// Every message begins with one small message of fixed maximal size (the slot), which fits MPI's eager limit and is
// received into a ring of receives that are always posted. A head that does not fit and the bulk follow on a second
// tag, in pieces; the receiver posts those receives once it has seen the slot, so they land where they belong.
//
// Whatever is sent arrives, also where memory runs out or a call of MPI fails on the way: memory is taken before a call
// of MPI, and what could not be done is done by the next poll. A bulk for which there is no memory is received piece
// after piece into the same place, and lost.
#pragma once

#include <cstdint>
#include <hecaton/transport/communicator.hpp>
#include <hecaton/transport/endpoint.hpp>
#include <hecaton/transport/mpi_pieces.hpp>
#include <hecaton/transport/mpi_sends.hpp>
#include <hecaton/transport/node_bells.hpp>
#include <list>
#include <map>
#include <memory>
#include <set>
#include <utility>
#include <vector>

namespace hecaton::detail {

class MpiEndpoint final : public Endpoint {
  public:
    /// `communicator` is used for nothing else while the endpoint lives, and outlives it. `bells` are null on a rank
    /// that is not on the root's node.
    MpiEndpoint(MPI_Comm communicator, std::shared_ptr<NodeBells> bells);
    ~MpiEndpoint() override;
    MpiEndpoint(const MpiEndpoint&) = delete;
    MpiEndpoint& operator=(const MpiEndpoint&) = delete;

    void send(int to, Message message) override { sends_.send(to, std::move(message)); }
    bool poll(int& from, Message& message, Landing& landing) override;
    void forget(int rank) override;
    bool drained() override { return sends_.drained(); }
    bool received_whole() const override { return incoming_.empty(); }
    std::chrono::nanoseconds longest_sleep() override;

  private:
    // A message on its way in, after its slot.
    struct Incoming {
        int from = -1;
        Message message;
        std::size_t head_size = 0;
        std::size_t bulk_size = 0;
        Pieces head, bulk;
        std::byte* bulk_place = nullptr;
        bool bulk_placed = false;  // it is known where the bulk goes; nowhere, if it is lost
        Buffer waste;              // where the pieces go of what is lost
    };
    struct Slot {
        Buffer memory;
        MPI_Request request = MPI_REQUEST_NULL;
        enum class State : std::uint8_t { idle, posted, full } state = State::idle;
    };

    void post_slot(Slot& slot);
    void take_slot(const Slot& slot);
    void receive_bodies(Landing& landing);
    // Goes on with a message whose turn it is; true when it is whole.
    bool advance(Incoming& incoming, Landing& landing);
    bool receive_head(Incoming& incoming);
    bool receive_bulk(Incoming& incoming, Landing& landing);
    void place_bulk(Incoming& incoming, Landing& landing);
    bool receive(Incoming& incoming, Pieces& pieces, std::byte* place, std::size_t size);
    bool discard(Incoming& incoming, Pieces& pieces, std::size_t size);

    MPI_Comm communicator_;
    std::shared_ptr<NodeBells> bells_;
    MpiSends sends_;
    std::vector<Slot> ring_;
    std::size_t next_slot_ = 0;
    bool last_slot_idle_ = false;                  // the one before next_slot_ is still to be posted
    std::map<int, std::list<Incoming>> incoming_;  // by sender; only senders with a message that is not whole yet
    std::list<Incoming> arrived_;
    std::list<Incoming> spare_incoming_;
    std::set<int> gone_;  // ranks of which nothing is expected any more
};

}  // namespace hecaton::detail
