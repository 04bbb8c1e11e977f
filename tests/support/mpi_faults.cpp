#include <mpi.h>
#include <unistd.h>

#include <atomic>
#include <string>
#include <support/mpi_faults.hpp>

namespace hecaton::test::mpi_faults {
namespace {

std::atomic<std::size_t> calls_left{0};  // up to and with the one that fails; 0: none does
std::atomic<const char*> failed{nullptr};

bool is_to_fail(const char* call) noexcept {
    std::size_t left = calls_left.load();
    while (left != 0 && !calls_left.compare_exchange_weak(left, left - 1)) continue;
    if (left == 1) {
        failed = call;
        const std::string text = std::string("fault: ") + call + "\n";
        [[maybe_unused]] const auto written = ::write(STDERR_FILENO, text.data(), text.size());
    }
    return left == 1;
}

template <class Real, class... Arguments>
int call_or_fail(const char* name, Real real, Arguments... arguments) {
    return is_to_fail(name) ? MPI_ERR_OTHER : real(arguments...);
}

// What asks a request: when it is complete, the answer may get lost.
template <class Real, class... Arguments>
int ask_or_fail(const char* name, Real real, const int* complete, Arguments... arguments) {
    const int code = real(arguments...);
    return code == MPI_SUCCESS && *complete != 0 && is_to_fail(name) ? MPI_ERR_OTHER : code;
}

}  // namespace

const char* fail_at(std::size_t n) noexcept {
    calls_left = n;
    return failed.exchange(nullptr);
}

}  // namespace hecaton::test::mpi_faults

using hecaton::test::mpi_faults::ask_or_fail;
using hecaton::test::mpi_faults::call_or_fail;

// The names of the parameters are MPI's.
extern "C" {

int MPI_Comm_dup(MPI_Comm comm, MPI_Comm* newcomm) {
    return call_or_fail("MPI_Comm_dup", PMPI_Comm_dup, comm, newcomm);
}
int MPI_Comm_free(MPI_Comm* comm) { return call_or_fail("MPI_Comm_free", PMPI_Comm_free, comm); }
int MPI_Comm_rank(MPI_Comm comm, int* rank) { return call_or_fail("MPI_Comm_rank", PMPI_Comm_rank, comm, rank); }
int MPI_Comm_size(MPI_Comm comm, int* size) { return call_or_fail("MPI_Comm_size", PMPI_Comm_size, comm, size); }
int MPI_Comm_set_errhandler(MPI_Comm comm, MPI_Errhandler handler) {
    return call_or_fail("MPI_Comm_set_errhandler", PMPI_Comm_set_errhandler, comm, handler);
}

int MPI_Isend(const void* buf, int count, MPI_Datatype type, int dest, int tag, MPI_Comm comm, MPI_Request* request) {
    return call_or_fail("MPI_Isend", PMPI_Isend, buf, count, type, dest, tag, comm, request);
}
int MPI_Irecv(void* buf, int count, MPI_Datatype type, int source, int tag, MPI_Comm comm, MPI_Request* request) {
    return call_or_fail("MPI_Irecv", PMPI_Irecv, buf, count, type, source, tag, comm, request);
}
int MPI_Test(MPI_Request* request, int* flag, MPI_Status* status) {
    return ask_or_fail("MPI_Test", PMPI_Test, flag, request, flag, status);
}
int MPI_Testall(int count, MPI_Request requests[], int* flag, MPI_Status statuses[]) {
    return ask_or_fail("MPI_Testall", PMPI_Testall, flag, count, requests, flag, statuses);
}

int MPI_Bcast(void* buffer, int count, MPI_Datatype type, int root, MPI_Comm comm) {
    return call_or_fail("MPI_Bcast", PMPI_Bcast, buffer, count, type, root, comm);
}
int MPI_Scatter(const void* sendbuf, int sendcount, MPI_Datatype sendtype, void* recvbuf, int recvcount,
                MPI_Datatype recvtype, int root, MPI_Comm comm) {
    return call_or_fail("MPI_Scatter", PMPI_Scatter, sendbuf, sendcount, sendtype, recvbuf, recvcount, recvtype, root,
                        comm);
}
int MPI_Scatterv(const void* sendbuf, const int sendcounts[], const int displs[], MPI_Datatype sendtype, void* recvbuf,
                 int recvcount, MPI_Datatype recvtype, int root, MPI_Comm comm) {
    return call_or_fail("MPI_Scatterv", PMPI_Scatterv, sendbuf, sendcounts, displs, sendtype, recvbuf, recvcount,
                        recvtype, root, comm);
}
int MPI_Gather(const void* sendbuf, int sendcount, MPI_Datatype sendtype, void* recvbuf, int recvcount,
               MPI_Datatype recvtype, int root, MPI_Comm comm) {
    return call_or_fail("MPI_Gather", PMPI_Gather, sendbuf, sendcount, sendtype, recvbuf, recvcount, recvtype, root,
                        comm);
}
int MPI_Gatherv(const void* sendbuf, int sendcount, MPI_Datatype sendtype, void* recvbuf, const int recvcounts[],
                const int displs[], MPI_Datatype recvtype, int root, MPI_Comm comm) {
    return call_or_fail("MPI_Gatherv", PMPI_Gatherv, sendbuf, sendcount, sendtype, recvbuf, recvcounts, displs,
                        recvtype, root, comm);
}
int MPI_Allgather(const void* sendbuf, int sendcount, MPI_Datatype sendtype, void* recvbuf, int recvcount,
                  MPI_Datatype recvtype, MPI_Comm comm) {
    return call_or_fail("MPI_Allgather", PMPI_Allgather, sendbuf, sendcount, sendtype, recvbuf, recvcount, recvtype,
                        comm);
}
int MPI_Allgatherv(const void* sendbuf, int sendcount, MPI_Datatype sendtype, void* recvbuf, const int recvcounts[],
                   const int displs[], MPI_Datatype recvtype, MPI_Comm comm) {
    return call_or_fail("MPI_Allgatherv", PMPI_Allgatherv, sendbuf, sendcount, sendtype, recvbuf, recvcounts, displs,
                        recvtype, comm);
}
int MPI_Alltoall(const void* sendbuf, int sendcount, MPI_Datatype sendtype, void* recvbuf, int recvcount,
                 MPI_Datatype recvtype, MPI_Comm comm) {
    return call_or_fail("MPI_Alltoall", PMPI_Alltoall, sendbuf, sendcount, sendtype, recvbuf, recvcount, recvtype,
                        comm);
}
int MPI_Alltoallv(const void* sendbuf, const int sendcounts[], const int sdispls[], MPI_Datatype sendtype,
                  void* recvbuf, const int recvcounts[], const int rdispls[], MPI_Datatype recvtype, MPI_Comm comm) {
    return call_or_fail("MPI_Alltoallv", PMPI_Alltoallv, sendbuf, sendcounts, sdispls, sendtype, recvbuf, recvcounts,
                        rdispls, recvtype, comm);
}
int MPI_Alltoallw(const void* sendbuf, const int sendcounts[], const int sdispls[], const MPI_Datatype sendtypes[],
                  void* recvbuf, const int recvcounts[], const int rdispls[], const MPI_Datatype recvtypes[],
                  MPI_Comm comm) {
    return call_or_fail("MPI_Alltoallw", PMPI_Alltoallw, sendbuf, sendcounts, sdispls, sendtypes, recvbuf, recvcounts,
                        rdispls, recvtypes, comm);
}
int MPI_Type_create_hindexed(int count, const int lengths[], const MPI_Aint displacements[], MPI_Datatype oldtype,
                             MPI_Datatype* newtype) {
    return call_or_fail("MPI_Type_create_hindexed", PMPI_Type_create_hindexed, count, lengths, displacements, oldtype,
                        newtype);
}
int MPI_Type_commit(MPI_Datatype* type) { return call_or_fail("MPI_Type_commit", PMPI_Type_commit, type); }

}  // extern "C"
