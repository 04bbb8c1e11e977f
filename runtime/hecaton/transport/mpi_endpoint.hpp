// The byte transport over MPI point-to-point messages.
//
// Every message begins with one small message of fixed maximal size (the slot), which fits MPI's eager limit and is
// received into a ring of receives that are always posted. A head that does not fit and the bulk follow on a second
// tag, in pieces that respect MPI's int counts; the receiver posts those receives once it has seen the slot, so they
// land where they belong.
#pragma once

#include <mpi.h>

#include <deque>
#include <hecaton/transport/endpoint.hpp>
#include <hecaton/transport/node_bells.hpp>
#include <map>
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

    void send(int to, Message message) override;
    bool poll(int& from, Message& message, Landing& landing) override;
    bool drained() override;
    std::chrono::nanoseconds longest_sleep() override;

  private:
    // A message on its way out: its memory, and the requests that read from it.
    struct Outgoing {
        int to;
        Buffer slot;
        Message message;
        std::vector<MPI_Request> requests;
    };
    // A message on its way in, after its slot.
    struct Incoming {
        Message message;
        std::size_t head_size = 0;
        std::size_t bulk_size = 0;
        bool head_complete = false;
        std::vector<MPI_Request> requests;
    };
    struct Slot {
        Buffer memory;
        MPI_Request request = MPI_REQUEST_NULL;
    };
    struct Arrived {
        int from;
        Message message;
    };

    void post(Slot& slot);
    void take_slot(Slot& slot, const MPI_Status& status, Landing& landing);
    void receive_bodies(Landing& landing);
    // Posts receives for the missing parts of the front message of that sender; true when none is missing.
    bool advance(int from, Incoming& incoming, Landing& landing);
    void test_sends(std::size_t at_most);
    void ring(int rank) noexcept;

    MPI_Comm communicator_;
    std::shared_ptr<NodeBells> bells_;
    std::vector<Slot> ring_;
    std::size_t next_slot_ = 0;
    std::deque<Outgoing> outgoing_;
    std::vector<Buffer> spare_slots_;
    std::map<int, std::deque<Incoming>> incoming_;  // by sender; only senders with a message that is not whole yet
    std::deque<Arrived> arrived_;
};

}  // namespace hecaton::detail
