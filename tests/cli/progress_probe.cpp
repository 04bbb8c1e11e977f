// A program that takes its time: progress_probe FORM ITEMS MILLISECONDS, of an item. A failed item in each ten.
#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <hecaton/hecaton.hpp>
#include <stdexcept>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

namespace {

int wait_and_say(int index, int milliseconds) {
    std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
    fmt::print("item {} is done, says a line of the program that is not to be torn\n", index);
    if (index % 10 == 3) throw std::runtime_error("a three");
    return index;
}

void use(hecaton::Pool& pool, const std::string& form, int items, int milliseconds) {
    std::vector<int> input;
    for (int i = 0; i < items; ++i) input.push_back(i);
    const std::vector<int> times(input.size(), milliseconds);
    const auto named = [&](const char* name) {
        return pool.with({.chunk_size = 1, .progress = form == "asked", .name = name});
    };
    if (form == "imap") {
        for ([[maybe_unused]] const auto& one : named("sweep").imap_outcomes(wait_and_say, input, times)) continue;
    } else if (form == "two") {
        auto other = named("other").map_outcomes_async(wait_and_say, input, times);
        std::ignore = named("sweep").map_outcomes(wait_and_say, input, times);
        other.wait();
    } else {
        std::ignore = named("sweep").map_outcomes(wait_and_say, input, times);
    }
}

}  // namespace

int main(int argc, char** argv) {
    return hecaton::run(argc, argv, [&](hecaton::Pool& pool) {
        if (argc != 4) return 2;
        use(pool, argv[1], std::atoi(argv[2]), std::atoi(argv[3]));
        return 0;
    });
}
