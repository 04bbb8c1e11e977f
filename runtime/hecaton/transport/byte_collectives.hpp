// Collective operations on bytes, with sizes of 64 bits: MPI 3 counts in ints.
//
// Up to 2 GiB they are one call of MPI's own operation. Above that the parts are described by derived datatypes and go
// through MPI_Alltoallw, whose messages, unlike a send, cannot be taken by a receive that the program has posted on
// its communicator.
#pragma once

#include <cstddef>
#include <cstdint>
#include <hecaton/transport/communicator.hpp>
#include <span>

namespace hecaton::detail {

/// Bytes that lie in one place.
struct ConstPart {
    const void* data = nullptr;
    std::uint64_t size = 0;
};
struct Part {
    void* data = nullptr;
    std::uint64_t size = 0;
};

// All functions here are collective over the communicator. A rank on which one fails ends the job, since the others
// wait for it; it throws MpiError or std::bad_alloc where it is the only one. `total` is the same on all ranks.

/// Sends the root's `size` bytes at `data` to `data` on the other ranks.
void broadcast_bytes(MPI_Comm communicator, void* data, std::uint64_t size, int root);

/// `send` (on the root) holds the parts for all ranks, one after the other in rank order: sizes[rank] bytes, `total`
/// together. `sizes` is read on the root only, unless `even`: then it is the same everywhere and all are equal.
void scatter_bytes(MPI_Comm communicator, const void* send, std::span<const std::uint64_t> sizes, Part receive,
                   std::uint64_t total, bool even, int root);

/// Collects the ranks' bytes on the root (on all ranks), in rank order. `sizes` is the same on all ranks.
void gather_bytes(MPI_Comm communicator, ConstPart send, std::span<const std::uint64_t> sizes, void* receive, int root);
void all_gather_bytes(MPI_Comm communicator, ConstPart send, std::span<const std::uint64_t> sizes, void* receive);

/// Sends send[r] to rank r, and receives the bytes from rank r at receive[r], whose size is known. `total` is the sum
/// over all ranks.
void all_to_all_bytes(MPI_Comm communicator, std::span<const ConstPart> send, std::span<const Part> receive,
                      std::uint64_t total);

/// Sends sizes[r] bytes of `send`, which lie one after the other, to rank r, and receives as many as its own size from
/// each, one after the other. `sizes` is the same on all ranks. Up to 2 GiB.
void deal_bytes(MPI_Comm communicator, const void* send, std::span<const std::uint64_t> sizes, Part receive);

/// One number to each rank.
void all_to_all_sizes(MPI_Comm communicator, std::span<const std::uint64_t> send, std::span<std::uint64_t> receive);

}  // namespace hecaton::detail
