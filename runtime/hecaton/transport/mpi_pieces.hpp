// How a message travels over MPI: one slot, and the rest of it in pieces.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <hecaton/transport/communicator.hpp>
#include <hecaton/transport/mpi_check.hpp>
#include <list>
#include <vector>

namespace hecaton::detail {

inline constexpr int slot_tag = 1;
inline constexpr int body_tag = 2;
inline constexpr std::size_t slot_size =
    4'000;  // with MPI's own header still below the eager limit of shared memory (4,096)
inline constexpr std::size_t slot_memory = 4'096;
inline constexpr std::size_t ring_size = 32;
inline constexpr std::size_t spare_messages = 64;
// Large enough for MPI's full speed, and small enough to be received into nowhere when memory has run out. (A receive
// that is shorter than its message is an error that Open MPI 4.1 does not survive.)
inline constexpr std::size_t piece_size = std::size_t{16} << 20U;

struct SlotHeader {
    std::uint64_t head_size;
    std::uint64_t bulk_size;
    std::int64_t from;  // the sender's rank: MPI's status is lost where MPI_Test receives a message and fails then
};

inline bool fits_slot(std::size_t head_size) { return head_size <= slot_size - sizeof(SlotHeader); }

inline std::size_t pieces_of(std::size_t size) { return (size + piece_size - 1) / piece_size; }

inline bool complete(MPI_Request& request) {
    int flag = 0;
    check_mpi(MPI_Test(&request, &flag, MPI_STATUS_IGNORE), "MPI_Test");
    return flag != 0;
}

inline bool complete(std::vector<MPI_Request>& requests) {
    if (requests.empty()) return true;
    int flag = 0;
    check_mpi(MPI_Testall(static_cast<int>(requests.size()), requests.data(), &flag, MPI_STATUSES_IGNORE),
              "MPI_Testall");
    return flag != 0;
}

// A block on its way, in pieces.
struct Pieces {
    std::size_t posted = 0;  // bytes
    std::vector<MPI_Request> requests;

    // Posts the bytes up to `end`: post(position, count, request) for each piece. Goes on where it threw; it
    // takes memory before the first call of MPI.
    template <class Post>
    void post_to(std::size_t end, Post&& post) {
        requests.reserve(requests.size() + pieces_of(end - posted));
        while (posted < end) {
            const std::size_t piece = std::min(piece_size, end - posted);
            MPI_Request request = MPI_REQUEST_NULL;
            post(posted, static_cast<int>(piece), &request);
            requests.push_back(request);
            posted += piece;
        }
    }
};

// A node of `spare`, or a new one.
template <class Node>
std::list<Node> take_node(std::list<Node>& spare) {
    std::list<Node> taken;
    if (spare.empty()) {
        taken.emplace_back();
    } else {
        taken.splice(taken.end(), spare, spare.begin());
    }
    return taken;
}

}  // namespace hecaton::detail
