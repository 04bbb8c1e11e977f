// A program that keeps what is done when it is interrupted: interrupt_probe FORM FOLDER. The first 20 of 1000 items end
// at once; each of the others leaves a process id in the folder and waits until the root has the result of the call.
// Then the root says what it has got, and ends with status 7.
#include <fmt/core.h>
#include <unistd.h>

#include <fstream>
#include <hecaton/hecaton.hpp>
#include <numeric>
#include <ranges>
#include <string>
#include <vector>

#include "probe.hpp"

namespace {

constexpr int quick = 20;
constexpr int items = 1'000;

int work(const std::string& folder, int x) {
    if (x < quick) return x;
    probe::leave_pid(folder, fmt::format("item-{}", x));
    probe::wait_for(folder, "go-on");
    return x;
}

struct Seen {
    int done = 0;
    int left = 0;

    template <class Outcome>
    void look(const Outcome& outcome) {
        if (outcome) {
            ++done;
            return;
        }
        try {
            outcome.value();
        } catch (const hecaton::TaskCancelled&) {
            ++left;
        }
    }
};

int body(hecaton::Pool& pool, const std::string& form, const std::string& folder) {
    auto kept = pool.with({.chunk_size = 1, .name = "sweep", .keep_on_interrupt = form != "plain"});
    const auto f = hecaton::bind_front(work, folder);
    const auto inputs = std::views::iota(0, items);
    Seen seen;
    if (form == "map" || form == "plain") {
        try {
            kept.map(f, inputs);
        } catch (const hecaton::TaskCancelled& error) {
            fmt::print("{}\n", error.what());
        }
    } else if (form == "imap") {
        for (const auto& outcome : kept.imap_outcomes(f, std::views::iota(0))) seen.look(outcome);
        fmt::print("done {}, and more that were not run: {}\n", seen.done, seen.left > 0);
    } else {
        for (const auto& outcome : kept.map_outcomes(f, inputs)) seen.look(outcome);
        fmt::print("done {}, not run {}\n", seen.done, seen.left);
    }
    std::fflush(stdout);
    if (form == "stay") {
        probe::leave_pid(folder, "stays");
        probe::sleep_long();
    }
    probe::leave_pid(folder, "go-on");
    return 7;
}

}  // namespace

int main(int argc, char** argv) { return probe::run(argc, argv, {}, body); }
