#include <algorithm>
#include <climits>
#include <cstring>
#include <hecaton/foundation/buffer.hpp>
#include <hecaton/transport/byte_collectives.hpp>
#include <hecaton/transport/middle.hpp>
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

// The thread keeps them: a call in a loop takes no memory.
thread_local Layout kept_layout;
thread_local Layout kept_other_layout;

// For parts that lie one after the other and have 2 GiB together at most. Good until it is asked again.
const Layout& layout(std::span<const std::uint64_t> sizes, Layout& result = kept_layout) {
    result.counts.clear();
    result.displacements.clear();
    result.counts.reserve(sizes.size());
    result.displacements.reserve(sizes.size());
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
    PartTypes(std::span<const P> parts, MPI_Comm communicator) : communicator_(communicator) {
        surely([&] {
            types_.assign(parts.size(), MPI_BYTE);
            counts_.assign(parts.size(), 0);
            std::uint64_t most = 0;
            for (const P& part : parts) most = std::max(most, part.size / largest_piece + 1);
            lengths_.reserve(static_cast<std::size_t>(most));
            addresses_.reserve(static_cast<std::size_t>(most));
        });
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
        lengths_.clear();
        addresses_.clear();
        MPI_Aint address = 0;
        check_collective(MPI_Get_address(data, &address), "MPI_Get_address", communicator_);
        for (std::uint64_t at = 0; at < size; at += largest_piece) {
            lengths_.push_back(as_int(std::min<std::uint64_t>(largest_piece, size - at)));
            addresses_.push_back(address + static_cast<MPI_Aint>(at));
        }
        check_collective(MPI_Type_create_hindexed(static_cast<int>(lengths_.size()), lengths_.data(), addresses_.data(),
                                                  MPI_BYTE, &types_[i]),
                         "MPI_Type_create_hindexed", communicator_);
        counts_[i] = 1;
        check_collective(MPI_Type_commit(&types_[i]), "MPI_Type_commit", communicator_);
    }

    MPI_Comm communicator_;
    std::vector<MPI_Datatype> types_;
    std::vector<int> counts_;
    std::vector<int> lengths_;  // of the pieces of one part
    std::vector<MPI_Aint> addresses_;
};

void exchange_by_datatypes(MPI_Comm communicator, std::span<const ConstPart> send, std::span<const Part> receive) {
    const PartTypes out(send, communicator);
    const PartTypes in(receive, communicator);
    const std::vector<int> nowhere = surely([&] { return std::vector<int>(send.size(), 0); });
    check_collective(MPI_Alltoallw(MPI_BOTTOM, out.counts(), nowhere.data(), out.types(), MPI_BOTTOM, in.counts(),
                                   nowhere.data(), in.types(), communicator),
                     "MPI_Alltoallw", communicator);
}

template <class P>
std::vector<std::uint64_t> sizes_of(std::span<const P> parts) {
    std::vector<std::uint64_t> sizes;
    sizes.reserve(parts.size());
    for (const P& part : parts) sizes.push_back(part.size);
    return sizes;
}

template <class P>
std::size_t size_of(std::span<const P> parts) {
    std::uint64_t size = 0;
    for (const P& part : parts) size += part.size;
    return static_cast<std::size_t>(size);
}

Buffer packed(std::span<const ConstPart> parts) {
    Buffer bytes;
    bytes.reserve(size_of(parts));
    for (const ConstPart& part : parts) bytes.append(part.data, static_cast<std::size_t>(part.size));
    return bytes;
}

std::size_t ranks_of(MPI_Comm communicator) {
    int size = 0;
    check_collective(MPI_Comm_size(communicator, &size), "MPI_Comm_size", communicator);
    return static_cast<std::size_t>(size);
}

std::size_t rank_of(MPI_Comm communicator) {
    int rank = 0;
    check_collective(MPI_Comm_rank(communicator, &rank), "MPI_Comm_rank", communicator);
    return static_cast<std::size_t>(rank);
}

// The parts of `data`, one after the other.
template <class P, class Byte>
std::vector<P> split(Byte* data, std::span<const std::uint64_t> sizes) {
    std::vector<P> parts;
    parts.reserve(sizes.size());
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
        check_collective(MPI_Bcast(bytes + at, piece, MPI_BYTE, root, communicator), "MPI_Bcast", communicator);
    }
}

void scatter_bytes(MPI_Comm communicator, const void* send, std::span<const std::uint64_t> sizes, Part receive,
                   std::uint64_t total, bool even, int root) {
    const int mine = as_int(receive.size);
    if (fits_int(total) && even) {
        check_collective(MPI_Scatter(send, mine, MPI_BYTE, receive.data, mine, MPI_BYTE, root, communicator),
                         "MPI_Scatter", communicator);
    } else if (fits_int(total)) {
        const Layout& out = surely([&]() -> const Layout& { return layout(sizes); });
        check_collective(MPI_Scatterv(send, out.counts.data(), out.displacements.data(), MPI_BYTE, receive.data, mine,
                                      MPI_BYTE, root, communicator),
                         "MPI_Scatterv", communicator);
    } else {
        const std::size_t ranks = ranks_of(communicator);
        const bool is_root = rank_of(communicator) == static_cast<std::size_t>(root);
        const std::vector<ConstPart> out = surely([&] {
            return is_root ? split<ConstPart>(static_cast<const std::byte*>(send), sizes)
                           : std::vector<ConstPart>(ranks);
        });
        std::vector<Part> in = surely([&] { return std::vector<Part>(ranks); });
        in[static_cast<std::size_t>(root)] = receive;
        exchange_by_datatypes(communicator, out, in);
    }
}

void gather_bytes(MPI_Comm communicator, ConstPart send, std::span<const std::uint64_t> sizes, void* receive,
                  int root) {
    const int mine = as_int(send.size);
    if (!fits_int(std::accumulate(sizes.begin(), sizes.end(), std::uint64_t{0}))) {
        const bool is_root = rank_of(communicator) == static_cast<std::size_t>(root);
        std::vector<ConstPart> out = surely([&] { return std::vector<ConstPart>(sizes.size()); });
        out[static_cast<std::size_t>(root)] = send;
        const std::vector<Part> in = surely([&] {
            return is_root ? split<Part>(static_cast<std::byte*>(receive), sizes) : std::vector<Part>(sizes.size());
        });
        exchange_by_datatypes(communicator, out, in);
    } else if (even(sizes)) {
        check_collective(MPI_Gather(send.data, mine, MPI_BYTE, receive, mine, MPI_BYTE, root, communicator),
                         "MPI_Gather", communicator);
    } else {
        const Layout& in = surely([&]() -> const Layout& { return layout(sizes); });
        check_collective(MPI_Gatherv(send.data, mine, MPI_BYTE, receive, in.counts.data(), in.displacements.data(),
                                     MPI_BYTE, root, communicator),
                         "MPI_Gatherv", communicator);
    }
}

void all_gather_bytes(MPI_Comm communicator, ConstPart send, std::span<const std::uint64_t> sizes, void* receive) {
    const int mine = as_int(send.size);
    if (!fits_int(std::accumulate(sizes.begin(), sizes.end(), std::uint64_t{0}))) {
        const std::vector<ConstPart> out = surely([&] { return std::vector<ConstPart>(sizes.size(), send); });
        const std::vector<Part> in = surely([&] { return split<Part>(static_cast<std::byte*>(receive), sizes); });
        exchange_by_datatypes(communicator, out, in);
    } else if (even(sizes)) {
        check_collective(MPI_Allgather(send.data, mine, MPI_BYTE, receive, mine, MPI_BYTE, communicator),
                         "MPI_Allgather", communicator);
    } else {
        const Layout& in = surely([&]() -> const Layout& { return layout(sizes); });
        check_collective(MPI_Allgatherv(send.data, mine, MPI_BYTE, receive, in.counts.data(), in.displacements.data(),
                                        MPI_BYTE, communicator),
                         "MPI_Allgatherv", communicator);
    }
}

void all_to_all_bytes(MPI_Comm communicator, std::span<const ConstPart> send, std::span<const Part> receive,
                      std::uint64_t total) {
    if (total > worth_datatypes) {
        exchange_by_datatypes(communicator, send, receive);
        return;
    }
    const Buffer out = surely([&] { return packed(send); });
    const Layout& from = surely([&]() -> const Layout& { return layout(sizes_of(send)); });
    const Layout& to = surely([&]() -> const Layout& { return layout(sizes_of(receive), kept_other_layout); });
    Buffer in = surely([&] { return Buffer(size_of(receive)); });
    check_collective(MPI_Alltoallv(out.data(), from.counts.data(), from.displacements.data(), MPI_BYTE, in.data(),
                                   to.counts.data(), to.displacements.data(), MPI_BYTE, communicator),
                     "MPI_Alltoallv", communicator);
    const std::byte* at = in.data();
    for (const Part& part : receive) {
        if (part.size != 0) std::memcpy(part.data, at, static_cast<std::size_t>(part.size));
        at += part.size;
    }
}

void deal_bytes(MPI_Comm communicator, const void* send, std::span<const std::uint64_t> sizes, Part receive) {
    const int mine = as_int(receive.size / sizes.size());
    if (even(sizes)) {
        check_collective(MPI_Alltoall(send, mine, MPI_BYTE, receive.data, mine, MPI_BYTE, communicator), "MPI_Alltoall",
                         communicator);
        return;
    }
    const Layout& from = surely([&]() -> const Layout& { return layout(sizes); });
    Layout& to = kept_other_layout;
    surely([&] {
        to.counts.assign(sizes.size(), mine);
        to.displacements.resize(sizes.size());
    });
    for (std::size_t rank = 0; rank < sizes.size(); ++rank) to.displacements[rank] = static_cast<int>(rank) * mine;
    check_collective(MPI_Alltoallv(send, from.counts.data(), from.displacements.data(), MPI_BYTE, receive.data,
                                   to.counts.data(), to.displacements.data(), MPI_BYTE, communicator),
                     "MPI_Alltoallv", communicator);
}

void all_to_all_sizes(MPI_Comm communicator, std::span<const std::uint64_t> send, std::span<std::uint64_t> receive) {
    check_collective(MPI_Alltoall(send.data(), sizeof(std::uint64_t), MPI_BYTE, receive.data(), sizeof(std::uint64_t),
                                  MPI_BYTE, communicator),
                     "MPI_Alltoall", communicator);
}

}  // namespace hecaton::detail
