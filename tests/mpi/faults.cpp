// Programs in which one call of MPI, or one allocation, fails on one rank; faults.sh runs them. The call says "fault:
// MPI_Bcast" on standard error.
//
//   pool VICTIM N          a pool and its calls; the N-th call of MPI on rank VICTIM fails. Where all went well
//                          nevertheless, the next one fails, and so on
//   collectives VICTIM N   one collective after the other; the same
//   opening VICTIM N       a pool that opens and closes; the N-th allocation fails
//   receive                the call that receives a message on rank 0 fails when it has come
//
// Rank 0 says "N" before each, and "no more" when there are no N calls.
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <hecaton/hecaton.hpp>
#include <hecaton/transport/mpi_endpoint.hpp>
#include <iostream>
#include <mpi/collectives_support.hpp>
#include <numeric>
#include <ranges>
#include <span>
#include <string>
#include <support/allocations.hpp>
#include <support/mpi_faults.hpp>
#include <vector>

namespace {

namespace allocations = hecaton::test::allocations;
namespace mpi_faults = hecaton::test::mpi_faults;

constexpr unsigned patience = 30;  // seconds: what takes longer is a hang, which ends by SIGALRM
constexpr std::size_t large = 300'000;

int rank_in_world() {
    int rank = 0;
    PMPI_Comm_rank(MPI_COMM_WORLD, &rank);
    return rank;
}

void require(bool right, const char* what) {
    if (right) return;
    std::cerr << "wrong: " << what << std::endl;
    ::_exit(3);
}

void use(hecaton::Pool& pool) {
    std::vector<int> numbers(300);
    std::iota(numbers.begin(), numbers.end(), 0);
    const auto squares = pool.with({.chunk_size = 20}).map([](int x) { return x * x; }, numbers);
    require(squares.size() == 300 && squares[299] == 299 * 299, "map");
    const std::vector<std::string> texts(6, std::string(large, 'x'));
    const auto doubled = pool.with({.chunk_size = 1}).map([](const std::string& s) { return s + s; }, texts);
    require(std::ranges::all_of(doubled, [](const auto& s) { return s.size() == 2 * large; }), "map of text");
    auto sizes = pool.map_async([](const std::string& s) { return s.size(); }, texts);
    int i = 0;
    for (const int y : pool.imap([](int x) { return x + 1; }, std::views::iota(0, 100))) require(y == ++i, "imap");
    require(sizes.get() == std::vector<std::size_t>(6, large), "map_async");
    const auto table = pool.broadcast(std::vector<double>(large, 1.5));
    const auto at = [table](int x) { return (*table)[static_cast<std::size_t>(x)]; };
    require(pool.with({.chunk_size = 10}).map(at, numbers) == std::vector<double>(300, 1.5), "broadcast");
    hecaton::Process process(
        pool, [](int status) { ::_exit(status); }, 7);
    process.start();
    process.join();
    require(process.exit_code() == 7, "Process");
}

// What fails, and whether it did.
struct Faults {
    void (*arm)(std::size_t n);
    bool (*disarm)();
};
constexpr Faults in_mpi{[](std::size_t n) { mpi_faults::fail_at(n); },
                        [] { return mpi_faults::fail_at(0) != nullptr; }};
constexpr Faults in_memory{[](std::size_t n) { allocations::fail_at(n); }, [] { return allocations::fail_at(0); }};

int pool_program(int argc, char** argv, int victim, std::size_t first, Faults faults, void (*body)(hecaton::Pool&)) {
    const hecaton::Environment environment(argc, argv);
    for (std::size_t n = first;; ++n) {
        ::alarm(patience);
        if (rank_in_world() == 0) std::cout << n << std::endl;
        if (rank_in_world() == victim) faults.arm(n);
        const int status = hecaton::run(argc, argv, body);
        int failed = faults.disarm() ? 1 : 0;
        if (status != 0) return status;
        PMPI_Allreduce(MPI_IN_PLACE, &failed, 1, MPI_INT, MPI_MAX, MPI_COMM_WORLD);
        if (failed == 0) break;
    }
    if (rank_in_world() == 0) std::cout << "no more" << std::endl;
    return 0;
}

template <class Items>
void call_all(const boost::mpi::communicator& world, std::size_t ranks, const Items& items) {
    static_cast<void>(hecaton::gather(world, items));
    static_cast<void>(hecaton::all_gather(world, items));
    static_cast<void>(hecaton::scatter(world, items));
    std::vector<std::size_t> counts(ranks, 0);
    counts.back() = items.size();
    static_cast<void>(hecaton::scatter_by(world, items, counts));
    static_cast<void>(hecaton::broadcast(world, items));
    static_cast<void>(
        hecaton::all_to_all(world, Items(items.begin(), items.begin() + static_cast<std::ptrdiff_t>(ranks))));
    static_cast<void>(hecaton::all_map(
        world, [](auto x) { return x; }, items));
}

template <class V, class Op>
void fold_all(const boost::mpi::communicator& world, const V& value, Op op) {
    static_cast<void>(hecaton::reduce(world, value, op));
    static_cast<void>(hecaton::all_reduce(world, value, op));
    static_cast<void>(hecaton::scan(world, value, op));
}

int collectives_program(int argc, char** argv, int victim, std::size_t n) {
    const hecaton::Environment environment(argc, argv);
    const auto world = environment.world();
    const auto rank = static_cast<std::size_t>(world.rank());
    const auto ranks = static_cast<std::size_t>(world.size());
    ::alarm(patience);
    if (rank == 0) std::cout << n << std::endl;
    if (rank_in_world() == victim) mpi_faults::fail_at(n);
    call_all(world, ranks, make_many<double>(10 + rank));
    call_all(world, ranks, make_many<std::string>(10 + rank));
    const std::vector<std::vector<double>> rows(ranks, std::vector<double>(large, 1.5));
    static_cast<void>(hecaton::all_to_all(world, rows));
    fold_all(world, 1.5, std::plus<>{});
    fold_all(world, std::vector<double>(100'000, 1.5), std::plus<>{});
    fold_all(world, std::string(100, 'a'), [](std::string a, const std::string& b) { return a + b; });
    int failed = mpi_faults::fail_at(0) != nullptr ? 1 : 0;
    PMPI_Allreduce(MPI_IN_PLACE, &failed, 1, MPI_INT, MPI_MAX, MPI_COMM_WORLD);
    require(failed == 0, "a collective has passed although MPI had failed");
    if (rank == 0) std::cout << "no more" << std::endl;
    return 0;
}

// MPI has given the message by then, and does not tell again who has sent it.
int receive_program(int argc, char** argv) {
    class Nowhere : public hecaton::detail::Landing {
        std::byte* place(int, std::span<const std::byte>, std::size_t) override { return nullptr; }
    };
    const hecaton::Environment environment(argc, argv);
    ::alarm(patience);
    const int rank = rank_in_world();
    {
        hecaton::detail::MpiEndpoint endpoint(MPI_COMM_WORLD, nullptr);
        hecaton::detail::Message message;
        if (rank == 1) {
            message.head.append("text", 4);
            endpoint.send(0, std::move(message));
            while (!endpoint.drained()) continue;
        } else {
            Nowhere nowhere;
            int from = -1;
            int failed = 0;
            mpi_faults::fail_at(1);
            for (bool came = false; !came;) {
                try {
                    came = endpoint.poll(from, message, nowhere);
                } catch (const hecaton::MpiError&) {
                    ++failed;
                }
            }
            require(failed == 1 && from == 1 && message.head.size() == 4, "a message whose receipt has failed");
        }
        MPI_Barrier(MPI_COMM_WORLD);
    }
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    const std::string what = argv[1];
    if (what == "receive") return receive_program(argc, argv);
    const int victim = std::atoi(argv[2]);
    const std::size_t n = std::strtoul(argv[3], nullptr, 10);
    if (what == "pool") return pool_program(argc, argv, victim, n, in_mpi, use);
    if (what == "opening") return pool_program(argc, argv, victim, n, in_memory, [](hecaton::Pool&) {});
    return collectives_program(argc, argv, victim, n);
}
