// A master that deals out one million items one by one, and workers that square them: plain MPI, blocking calls, a new
// item to whoever has answered. Prints the items a second, median of 3.
//
//     mpirun -n 2 ./master_worker [items that each worker has under way: 1]
#include <mpi.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <vector>

namespace {

constexpr int items = 1'000'000;
constexpr int repeats = 3;
constexpr int ends = 1;  // the tag of the message that sends a worker home

struct Task {
    int index;
    int value;
};

int square(int x) { return x * x; }

void work() {
    for (;;) {
        Task task{};
        MPI_Status status;
        MPI_Recv(&task, 2, MPI_INT, 0, MPI_ANY_TAG, MPI_COMM_WORLD, &status);
        if (status.MPI_TAG == ends) return;
        task.value = square(task.value);
        MPI_Send(&task, 2, MPI_INT, 0, 0, MPI_COMM_WORLD);
    }
}

std::vector<int> master(const std::vector<int>& input, int workers, int under_way) {
    std::vector<int> result(input.size());
    int sent = 0;
    const auto send_next = [&](int worker) {
        const Task task{sent, input[static_cast<std::size_t>(sent)]};
        MPI_Send(&task, 2, MPI_INT, worker, 0, MPI_COMM_WORLD);
        ++sent;
    };
    for (int i = 0; i < under_way; ++i)
        for (int worker = 1; worker <= workers; ++worker) send_next(worker);
    for (int received = 0; received < items; ++received) {
        Task task{};
        MPI_Status status;
        MPI_Recv(&task, 2, MPI_INT, MPI_ANY_SOURCE, 0, MPI_COMM_WORLD, &status);
        if (sent < items) send_next(status.MPI_SOURCE);
        result[static_cast<std::size_t>(task.index)] = task.value;
    }
    return result;
}

}  // namespace

int main(int argc, char** argv) {
    MPI_Init(&argc, &argv);
    int rank = 0;
    int size = 0;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    const int under_way = argc > 1 ? std::atoi(argv[1]) : 1;
    bool right = size >= 2 && under_way >= 1;
    if (rank > 0) {
        work();
    } else if (right) {
        std::vector<int> input(items);
        for (int i = 0; i < items; ++i) input[static_cast<std::size_t>(i)] = i % 10'000;
        std::array<double, repeats> seconds{};
        for (double& s : seconds) {
            const double begin = MPI_Wtime();
            const auto result = master(input, size - 1, under_way);
            s = MPI_Wtime() - begin;
            right = right && result.back() == square(input.back());
        }
        std::sort(seconds.begin(), seconds.end());
        std::printf("%.6g\n", items / seconds[repeats / 2]);
        for (int worker = 1; worker < size; ++worker) MPI_Send(nullptr, 0, MPI_INT, worker, ends, MPI_COMM_WORLD);
    }
    MPI_Finalize();
    return right ? 0 : 1;
}
