// The snippets of docs/coming-from-mpi.md, as they stand there: both sides give the same.
#include <cstring>
#include <hecaton/hecaton.hpp>
#include <numeric>
#include <support/catch.hpp>

#pragma GCC diagnostic ignored "-Wsign-conversion"  // MPI counts and indexes with int, and so does code by hand
#pragma GCC diagnostic ignored "-Wconversion"

namespace {

boost::mpi::communicator world() { return {}; }
std::vector<double> all() {
    std::vector<double> values(world().rank() == 0 ? 1'003 : 0);
    std::iota(values.begin(), values.end(), 0.0);
    return values;
}

// [scatter]
std::vector<double> scatter_by_hand(const std::vector<double>& items, MPI_Comm mpi_comm) {
    int rank = 0, size = 0;
    MPI_Comm_rank(mpi_comm, &rank);
    MPI_Comm_size(mpi_comm, &size);
    int n = static_cast<int>(items.size());
    MPI_Bcast(&n, 1, MPI_INT, 0, mpi_comm);
    std::vector<int> counts(size), offsets(size);
    for (int r = 0; r < size; ++r) {
        counts[r] = n / size + (r < n % size ? 1 : 0);
        offsets[r] = r == 0 ? 0 : offsets[r - 1] + counts[r - 1];
    }
    std::vector<double> mine(counts[rank]);
    MPI_Scatterv(items.data(), counts.data(), offsets.data(), MPI_DOUBLE, mine.data(), counts[rank], MPI_DOUBLE, 0,
                 mpi_comm);
    return mine;
}
// [end]

// [gather]
std::vector<double> gather_by_hand(const std::vector<double>& mine, MPI_Comm mpi_comm) {
    int rank = 0, size = 0;
    MPI_Comm_rank(mpi_comm, &rank);
    MPI_Comm_size(mpi_comm, &size);
    int count = static_cast<int>(mine.size());
    std::vector<int> counts(size), offsets(size);
    MPI_Gather(&count, 1, MPI_INT, counts.data(), 1, MPI_INT, 0, mpi_comm);
    for (int r = 1; r < size; ++r) offsets[r] = offsets[r - 1] + counts[r - 1];
    std::vector<double> items(rank == 0 ? offsets[size - 1] + counts[size - 1] : 0);
    MPI_Gatherv(mine.data(), count, MPI_DOUBLE, items.data(), counts.data(), offsets.data(), MPI_DOUBLE, 0, mpi_comm);
    return items;
}
// [end]

// [strings]
std::vector<std::string> gather_strings_by_hand(const std::string& mine, MPI_Comm mpi_comm) {
    int rank = 0, size = 0;
    MPI_Comm_rank(mpi_comm, &rank);
    MPI_Comm_size(mpi_comm, &size);
    int length = static_cast<int>(mine.size());
    std::vector<int> lengths(size), offsets(size);
    MPI_Gather(&length, 1, MPI_INT, lengths.data(), 1, MPI_INT, 0, mpi_comm);
    for (int r = 1; r < size; ++r) offsets[r] = offsets[r - 1] + lengths[r - 1];
    std::string text(rank == 0 ? offsets[size - 1] + lengths[size - 1] : 0, '\0');
    MPI_Gatherv(mine.data(), length, MPI_CHAR, text.data(), lengths.data(), offsets.data(), MPI_CHAR, 0, mpi_comm);
    std::vector<std::string> names;
    for (int r = 0; rank == 0 && r < size; ++r) names.push_back(text.substr(offsets[r], lengths[r]));
    return names;
}
// [end]

// [broadcast]
std::vector<double> broadcast_by_hand(std::vector<double> table, MPI_Comm mpi_comm) {
    int n = static_cast<int>(table.size());
    MPI_Bcast(&n, 1, MPI_INT, 0, mpi_comm);
    table.resize(n);
    MPI_Bcast(table.data(), n, MPI_DOUBLE, 0, mpi_comm);
    return table;
}
// [end]

// [longest]
struct Longest {
    double length;
    int rank;
};
void longer(void* in, void* in_out, int* count, MPI_Datatype*) {
    for (int i = 0; i < *count; ++i) {
        const Longest a = static_cast<Longest*>(in)[i];
        Longest& b = static_cast<Longest*>(in_out)[i];
        if (a.length >= b.length) b = a;
    }
}
Longest longest_by_hand(Longest mine, MPI_Comm mpi_comm) {
    MPI_Datatype type;
    MPI_Type_contiguous(sizeof(Longest), MPI_BYTE, &type);
    MPI_Type_commit(&type);
    MPI_Op op;
    MPI_Op_create(&longer, 0, &op);
    Longest result;
    MPI_Allreduce(&mine, &result, 1, type, op, mpi_comm);
    MPI_Op_free(&op);
    MPI_Type_free(&type);
    return result;
}
// [end]

// [alltoall]
std::vector<double> exchange_by_hand(const std::vector<std::vector<double>>& out, MPI_Comm mpi_comm) {
    int size = 0;
    MPI_Comm_size(mpi_comm, &size);
    std::vector<int> out_counts(size), out_offsets(size), in_counts(size), in_offsets(size);
    std::vector<double> packed;
    for (int r = 0; r < size; ++r) {
        out_counts[r] = static_cast<int>(out[r].size());
        out_offsets[r] = static_cast<int>(packed.size());
        packed.insert(packed.end(), out[r].begin(), out[r].end());
    }
    MPI_Alltoall(out_counts.data(), 1, MPI_INT, in_counts.data(), 1, MPI_INT, mpi_comm);
    for (int r = 1; r < size; ++r) in_offsets[r] = in_offsets[r - 1] + in_counts[r - 1];
    std::vector<double> in(in_offsets[size - 1] + in_counts[size - 1]);
    MPI_Alltoallv(packed.data(), out_counts.data(), out_offsets.data(), MPI_DOUBLE, in.data(), in_counts.data(),
                  in_offsets.data(), MPI_DOUBLE, mpi_comm);
    return in;
}
// [end]

}  // namespace

TEST_CASE("the snippets of coming-from-mpi") {
    const boost::mpi::communicator comm = world();
    const auto items = all();
    const auto mine = hecaton::scatter(comm, items);
    CHECK(scatter_by_hand(items, comm) == mine);
    CHECK(gather_by_hand(mine, comm) == hecaton::gather(comm, mine));
    const std::string name = "rank " + std::to_string(comm.rank());
    CHECK(gather_strings_by_hand(name, comm) == hecaton::gather(comm, name));
    CHECK(broadcast_by_hand(items, comm) == hecaton::broadcast(comm, items));
    const Longest my_longest{static_cast<double>(comm.rank() % 3), comm.rank()};
    const auto longest =
        hecaton::all_reduce(comm, my_longest, [](Longest a, Longest b) { return a.length >= b.length ? a : b; });
    const Longest by_hand = longest_by_hand(my_longest, comm);
    CHECK(longest.length == by_hand.length);
    CHECK(longest.rank == by_hand.rank);
    std::vector<std::vector<double>> out(static_cast<std::size_t>(comm.size()));
    for (std::size_t r = 0; r < out.size(); ++r) out[r].assign(r + 1, comm.rank());
    std::vector<double> in;
    for (const auto& part : hecaton::all_to_all(comm, out)) in.insert(in.end(), part.begin(), part.end());
    CHECK(in == exchange_by_hand(out, comm));
    double x = comm.rank() + 1;
    double sum = 0;
    MPI_Allreduce(&x, &sum, 1, MPI_DOUBLE, MPI_SUM, comm);
    CHECK(hecaton::all_reduce(comm, x, std::plus<>{}) == sum);
    double before = 0;
    MPI_Exscan(&x, &before, 1, MPI_DOUBLE, MPI_SUM, comm);
    CHECK(hecaton::exclusive_scan(comm, x, std::plus<>{}) == before);
}
