#include <algorithm>
#include <climits>
#include <cstring>
#include <hecaton/foundation/buffer.hpp>
#include <hecaton/transport/byte_collectives.hpp>
#include <hecaton/transport/mpi_check.hpp>
#include <numeric>
#include <vector>

namespace hecaton::detail {
namespace {

// Up to here all_to_all_bytes packs its parts into one buffer, which is cheaper than a datatype for each.
constexpr std::uint64_t worth_datatypes = 4U << 20U;

int as_int(std::uint64_t value) { return static_cast<int>(value); }

struct Layout {
    std::vector<int> counts;
    std::vector<int> displacements;
};

// For parts that lie one after the other and have 2 GiB together at most.
Layout layout(std::span<const std::uint64_t> sizes) {
    Layout result;
    std::uint64_t at = 0;
    for (const std::uint64_t size : sizes) {
        result.counts.push_back(as_int(size));
        result.displacements.push_back(as_int(at));
        at += size;
    }
    return result;
}

bool fits_int(std::uint64_t total) { return total <= INT_MAX; }

bool even(std::span<const std::uint64_t> sizes) {
    return std::all_of(sizes.begin(), sizes.end(), [&](std::uint64_t size) { return size == sizes.front(); });
}

// The datatypes of one side of an MPI_Alltoallw: each describes a part by its address.
class PartTypes {
  public:
    template <class P>
    explicit PartTypes(std::span<const P> parts) : types_(parts.size(), MPI_BYTE), counts_(parts.size(), 0) {
        for (std::size_t i = 0; i < parts.size(); ++i)
            if (parts[i].size != 0) describe(i, parts[i].data, parts[i].size);
    }
    ~PartTypes() {
        for (std::size_t i = 0; i < types_.size(); ++i)
            if (counts_[i] != 0) MPI_Type_free(&types_[i]);
    }
    PartTypes(const PartTypes&) = delete;
    PartTypes& operator=(const PartTypes&) = delete;

    const MPI_Datatype* types() const { return types_.data(); }
    const int* counts() const { return counts_.data(); }

  private:
    void describe(std::size_t i, const void* data, std::uint64_t size) {
        std::vector<int> lengths;
        std::vector<MPI_Aint> addresses;
        MPI_Aint address = 0;
        check_mpi(MPI_Get_address(data, &address), "MPI_Get_address");
        for (std::uint64_t at = 0; at < size; at += largest_piece) {
            lengths.push_back(as_int(std::min<std::uint64_t>(largest_piece, size - at)));
            addresses.push_back(address + static_cast<MPI_Aint>(at));
        }
        check_mpi(MPI_Type_create_hindexed(static_cast<int>(lengths.size()), lengths.data(), addresses.data(), MPI_BYTE,
                                           &types_[i]),
                  "MPI_Type_create_hindexed");
        counts_[i] = 1;
        check_mpi(MPI_Type_commit(&types_[i]), "MPI_Type_commit");
    }

    std::vector<MPI_Datatype> types_;
    std::vector<int> counts_;
};

void exchange_by_datatypes(MPI_Comm communicator, std::span<const ConstPart> send, std::span<const Part> receive) {
    const PartTypes out(send);
    const PartTypes in(receive);
    const std::vector<int> nowhere(send.size(), 0);
    check_mpi(MPI_Alltoallw(MPI_BOTTOM, out.counts(), nowhere.data(), out.types(), MPI_BOTTOM, in.counts(),
                            nowhere.data(), in.types(), communicator),
              "MPI_Alltoallw");
}

template <class P>
std::vector<std::uint64_t> sizes_of(std::span<const P> parts) {
    std::vector<std::uint64_t> sizes;
    for (const P& part : parts) sizes.push_back(part.size);
    return sizes;
}

std::size_t ranks_of(MPI_Comm communicator) {
    int size = 0;
    check_mpi(MPI_Comm_size(communicator, &size), "MPI_Comm_size");
    return static_cast<std::size_t>(size);
}

std::size_t rank_of(MPI_Comm communicator) {
    int rank = 0;
    check_mpi(MPI_Comm_rank(communicator, &rank), "MPI_Comm_rank");
    return static_cast<std::size_t>(rank);
}

// The parts of `data`, one after the other.
template <class P, class Byte>
std::vector<P> split(Byte* data, std::span<const std::uint64_t> sizes) {
    std::vector<P> parts;
    for (const std::uint64_t size : sizes) {
        parts.push_back({data, size});
        data += size;
    }
    return parts;
}

}  // namespace

void broadcast_bytes(MPI_Comm communicator, void* data, std::uint64_t size, int root) {
    auto* bytes = static_cast<std::byte*>(data);
    for (std::uint64_t at = 0; at < size; at += largest_piece) {
        const int piece = as_int(std::min<std::uint64_t>(largest_piece, size - at));
        check_mpi(MPI_Bcast(bytes + at, piece, MPI_BYTE, root, communicator), "MPI_Bcast");
    }
}

void scatter_bytes(MPI_Comm communicator, const void* send, std::span<const std::uint64_t> sizes, Part receive,
                   std::uint64_t total, bool even, int root) {
    const int mine = as_int(receive.size);
    if (fits_int(total) && even) {
        check_mpi(MPI_Scatter(send, mine, MPI_BYTE, receive.data, mine, MPI_BYTE, root, communicator), "MPI_Scatter");
    } else if (fits_int(total)) {
        const Layout out = layout(sizes);
        check_mpi(MPI_Scatterv(send, out.counts.data(), out.displacements.data(), MPI_BYTE, receive.data, mine,
                               MPI_BYTE, root, communicator),
                  "MPI_Scatterv");
    } else {
        const std::size_t ranks = ranks_of(communicator);
        std::vector<ConstPart> out(ranks);
        if (rank_of(communicator) == static_cast<std::size_t>(root))
            out = split<ConstPart>(static_cast<const std::byte*>(send), sizes);
        std::vector<Part> in(ranks);
        in[static_cast<std::size_t>(root)] = receive;
        exchange_by_datatypes(communicator, out, in);
    }
}

void gather_bytes(MPI_Comm communicator, ConstPart send, std::span<const std::uint64_t> sizes, void* receive,
                  int root) {
    const int mine = as_int(send.size);
    if (!fits_int(std::accumulate(sizes.begin(), sizes.end(), std::uint64_t{0}))) {
        std::vector<ConstPart> out(sizes.size());
        out[static_cast<std::size_t>(root)] = send;
        std::vector<Part> in(sizes.size());
        if (rank_of(communicator) == static_cast<std::size_t>(root))
            in = split<Part>(static_cast<std::byte*>(receive), sizes);
        exchange_by_datatypes(communicator, out, in);
    } else if (even(sizes)) {
        check_mpi(MPI_Gather(send.data, mine, MPI_BYTE, receive, mine, MPI_BYTE, root, communicator), "MPI_Gather");
    } else {
        const Layout in = layout(sizes);
        check_mpi(MPI_Gatherv(send.data, mine, MPI_BYTE, receive, in.counts.data(), in.displacements.data(), MPI_BYTE,
                              root, communicator),
                  "MPI_Gatherv");
    }
}

void all_gather_bytes(MPI_Comm communicator, ConstPart send, std::span<const std::uint64_t> sizes, void* receive) {
    const int mine = as_int(send.size);
    if (!fits_int(std::accumulate(sizes.begin(), sizes.end(), std::uint64_t{0}))) {
        const std::vector<ConstPart> out(sizes.size(), send);
        const std::vector<Part> in = split<Part>(static_cast<std::byte*>(receive), sizes);
        exchange_by_datatypes(communicator, out, in);
    } else if (even(sizes)) {
        check_mpi(MPI_Allgather(send.data, mine, MPI_BYTE, receive, mine, MPI_BYTE, communicator), "MPI_Allgather");
    } else {
        const Layout in = layout(sizes);
        check_mpi(MPI_Allgatherv(send.data, mine, MPI_BYTE, receive, in.counts.data(), in.displacements.data(),
                                 MPI_BYTE, communicator),
                  "MPI_Allgatherv");
    }
}

void all_to_all_bytes(MPI_Comm communicator, std::span<const ConstPart> send, std::span<const Part> receive,
                      std::uint64_t total) {
    if (total > worth_datatypes) {
        exchange_by_datatypes(communicator, send, receive);
        return;
    }
    Buffer out;
    for (const ConstPart& part : send) out.append(part.data, static_cast<std::size_t>(part.size));
    const std::vector<std::uint64_t> in_sizes = sizes_of(receive);
    Buffer in(std::accumulate(in_sizes.begin(), in_sizes.end(), std::uint64_t{0}));
    const Layout from = layout(sizes_of(send));
    const Layout to = layout(in_sizes);
    check_mpi(MPI_Alltoallv(out.data(), from.counts.data(), from.displacements.data(), MPI_BYTE, in.data(),
                            to.counts.data(), to.displacements.data(), MPI_BYTE, communicator),
              "MPI_Alltoallv");
    const std::byte* at = in.data();
    for (const Part& part : receive) {
        if (part.size != 0) std::memcpy(part.data, at, static_cast<std::size_t>(part.size));
        at += part.size;
    }
}

void all_to_all_sizes(MPI_Comm communicator, std::span<const std::uint64_t> send, std::span<std::uint64_t> receive) {
    check_mpi(MPI_Alltoall(send.data(), sizeof(std::uint64_t), MPI_BYTE, receive.data(), sizeof(std::uint64_t),
                           MPI_BYTE, communicator),
              "MPI_Alltoall");
}

}  // namespace hecaton::detail
