// What the benchmarks share: two things timed in turn, and the rows of the table that benchmarks/run puts together.
// It knows nothing of hecaton or MPI, so programs that are somebody else's peer can use it too.
#pragma once

#include <chrono>
#include <concepts>
#include <string>
#include <type_traits>
#include <vector>

namespace benchmark {

// The middle one; of an even number of values the mean of the two in the middle. 0 of none.
double median(std::vector<double> values);

// The wall time of call(), in seconds. A call that returns a double has timed itself: that is its time then, so it can
// leave out what it prepares.
template <std::invocable Call>
double seconds_of(Call&& call) {
    if constexpr (std::is_same_v<std::invoke_result_t<Call&>, double>) {
        return call();
    } else {
        const auto begin = std::chrono::steady_clock::now();
        static_cast<void>(call());
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    }
}

struct Comparison {
    double ours = 0;   // the median of our times, in seconds
    double peer = 0;   // the median of the peer's
    double ratio = 0;  // the median of ours / peer, pair by pair: above 1 the peer was quicker
};

// Of times that were taken in turn: ours[i] right before peer[i]. Both must have the same length.
Comparison compare(const std::vector<double>& ours, const std::vector<double>& peer);

// Times both in turn, `repeats` times (7 or more, odd, for the table), after one untimed call of each.
template <std::invocable Ours, std::invocable Peer>
Comparison alternate(int repeats, Ours&& ours, Peer&& peer) {
    seconds_of(ours);
    seconds_of(peer);
    std::vector<double> our_times, peer_times;
    for (int i = 0; i < repeats; ++i) {
        our_times.push_back(seconds_of(ours));
        peer_times.push_back(seconds_of(peer));
    }
    return compare(our_times, peer_times);
}

// One line of the table. `ours` and `peer` are texts with their units.
struct Row {
    int question = 0;         // its number in the table of docs/performance.md
    std::string what = {};    // what is measured
    std::string ours = {};    // "37.1 ms"
    std::string peer = {};    // "61.0 ms, Scatterv and Gatherv"; empty where there is none
    double figure = 0;        // the number that the target is about
    std::string target = {};  // "at most 0.75"; empty: a row for information, which nothing can miss
    bool met = false;         // whether the figure meets the target
    std::string note = {};    // what was counted, or why the target was missed
};

// Prints the row, and appends it as one line of JSON to the file that HECATON_BENCHMARK_JSON names, if it is set.
// Call it on one rank only. Throws std::runtime_error when the file cannot be written.
void report(const Row& row);

// "12.3 ms", with three digits, from nanoseconds to seconds.
std::string time_text(double seconds);

// "4.75 M/s", with three digits.
std::string rate_text(double per_second);

}  // namespace benchmark
