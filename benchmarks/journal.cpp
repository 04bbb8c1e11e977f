// What a journal costs: the same map with and without one, in turn.
//
//     hecaton run -n 2 ./journal
#include <fmt/core.h>
#include <unistd.h>

#include <filesystem>
#include <hecaton/hecaton.hpp>
#include <numeric>
#include <string>
#include <support/benchmark.hpp>
#include <support/work.hpp>
#include <vector>

namespace {

namespace fs = std::filesystem;
constexpr int repeats = 9;

// Items that take so long. Each map with a journal has a file of its own, which is new.
benchmark::Comparison compare(hecaton::Pool& pool, const fs::path& folder, std::size_t items, double seconds) {
    std::vector<double> xs(items);
    std::iota(xs.begin(), xs.end(), 0.0);
    const std::uint64_t steps = seconds > 0 ? benchmark::steps_for(seconds) : 0;
    const auto f = [steps](double x) { return x + static_cast<double>(benchmark::work(steps) % 2); };
    int file = 0;
    return benchmark::alternate(
        repeats, [&] { pool.with({.journal = folder / std::to_string(++file)}).map(f, xs); }, [&] { pool.map(f, xs); });
}

}  // namespace

int main(int argc, char** argv) {
    std::string folder;
    const int status = hecaton::run(argc, argv, [&folder](hecaton::Pool& pool) {
        std::string name = (fs::temp_directory_path() / "hecaton-journal-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no folder can be made for the journals");
        folder = name;
        const struct {
            std::size_t items;
            double seconds;
            const char* what;
            bool target;
        } cases[]{{2'000, 1e-3, "2,000 items of 1 ms with a journal", true},
                  {20'000, 1e-4, "20,000 items of 100 us with a journal", false},
                  {200'000, 5e-6, "200,000 items of 5 us with a journal", false},
                  {1'000'000, 0, "1 million items of a few ns with a journal", false}};
        for (const auto& one : cases) {
            const auto found = compare(pool, name, one.items, one.seconds);
            benchmark::report({.question = 13,
                               .what = one.what,
                               .ours = benchmark::time_text(found.ours),
                               .peer = benchmark::time_text(found.peer) + ", without",
                               .figure = found.ratio,
                               .target = one.target ? "at most 1.05 of the time without" : "",
                               .met = found.ratio <= 1.05,
                               .note = one.target ? "numbers; the file on the disk of TMPDIR" : ""});
        }
    });
    if (!folder.empty()) fs::remove_all(folder);  // now that nothing more is written
    return status;
}
