// MpiSends: the messages that an endpoint sends over MPI, until they have left.
#pragma once

#include <cstddef>
#include <hecaton/transport/communicator.hpp>
#include <hecaton/transport/endpoint.hpp>
#include <hecaton/transport/mpi_pieces.hpp>
#include <hecaton/transport/node_bells.hpp>
#include <list>
#include <memory>
#include <utility>

namespace hecaton::detail {

class MpiSends {
  public:
    MpiSends(MPI_Comm communicator, std::shared_ptr<NodeBells> bells)
        : communicator_(communicator), bells_(std::move(bells)) {
        check_mpi(MPI_Comm_rank(communicator, &rank_), "MPI_Comm_rank");
    }

    /// As Endpoint::send.
    void send(int to, Message message);
    /// Posts what could not be posted before, and lets go of what has left. Costs two looks where there is nothing.
    void progress();
    /// What that rank has not received it never will.
    void forget(int rank);
    /// All has left.
    bool drained();
    /// Nothing is under way, as far as is known.
    bool at_rest() const noexcept { return unsent_.empty() && outgoing_.empty(); }

  private:
    // A message on its way out: its memory, and the requests that read from it.
    struct Outgoing {
        int to = -1;
        Buffer slot;
        Message message;
        bool slot_posted = false;
        MPI_Request slot_request = MPI_REQUEST_NULL;
        Pieces head, bulk;
    };
    void post(Outgoing& out);
    void post_unsent();
    void test_sends(std::size_t at_most);
    bool test_send(std::list<Outgoing>::iterator out);
    void ring(int rank) noexcept;

    MPI_Comm communicator_;
    int rank_ = 0;  // of this process in it
    std::shared_ptr<NodeBells> bells_;
    std::list<Outgoing> unsent_;    // in their order; only the first can be half posted
    std::list<Outgoing> outgoing_;  // posted, and not known to have left
    std::list<Outgoing> spare_outgoing_;
};

}  // namespace hecaton::detail
