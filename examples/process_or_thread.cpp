// Threads share what they see, processes have their own: primes are counted by threads, by Processes and by a pool.
// Each says what it sees of a global variable, and how long it took.
//
//     hecaton run -n 2 ./process_or_thread
#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <hecaton/hecaton.hpp>
#include <ranges>
#include <thread>
#include <vector>

std::atomic<int> found = 0;  // the global
constexpr int blocks = 64, block_size = 20'000;

int primes(int block) {
    int here = 0;
    for (int n = block * block_size; n < (block + 1) * block_size; ++n) {
        int divisor = 2;
        while (divisor * divisor <= n && n % divisor != 0) ++divisor;
        here += n > 1 && divisor * divisor > n ? 1 : 0;
    }
    found += here;
    return here;
}
void every(int step, int first) {
    for (int block = first; block < blocks; block += step) primes(block);
}
void process(int step, int first) {
    every(step, first);
    fmt::print("    process {} sees {}: its own global\n", getpid(), found.load());
}

// In seconds.
double time_of(const std::function<void()>& work) {
    found = 0;
    const auto begin = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

int main(int argc, char** argv) {
    return hecaton::run(argc, argv, [](hecaton::Pool& pool) {
        const int n = pool.size();
        const double loop = time_of([] { every(1, 0); });
        fmt::print("the loop finds {} primes in {:.2f} s\n", found.load(), loop);
        const double threads = time_of([n] {
            std::vector<std::jthread> all;
            for (int i = 0; i < n; ++i) all.emplace_back(every, n, i);
        });
        fmt::print("{} threads: {:.2f} s\n    every thread sees {}: one global, shared\n", n, threads, found.load());
        const double processes = time_of([&] {
            std::vector<hecaton::Process> all;
            for (int i = 0; i < n; ++i) all.emplace_back(pool, process, n, i).start();
            for (auto& one : all) one.join();
        });
        fmt::print("{} processes: {:.2f} s\n    the program sees {}: nothing comes back\n", n, processes, found.load());
        int sum = 0;
        const double ranks =
            time_of([&] { sum = pool.map_reduce(primes, std::plus<>(), 0, std::views::iota(0, blocks)); });
        fmt::print("{} ranks: {:.2f} s\n    the root sees {}: its own global; what is returned makes {}\n", n, ranks,
                   found.load(), sum);
        fmt::print("threads {:.1f}, processes {:.1f}, ranks {:.1f} times as fast as the loop: {}\n", loop / threads,
                   loop / processes, loop / ranks,
                   loop / std::min({threads, processes, ranks}) < 1.2
                       ? "nothing paid, there is one core, or the cores are busy"
                   : ranks < 1.1 * threads ? "the ranks paid, and can be on other machines too"
                                           : "the threads paid, where nothing has to be sent");
    });
}
