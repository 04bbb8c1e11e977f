// MapOptions::journal: what a program that is started again computes, and what it gets.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <hecaton/pool/journal/journals.hpp>
#include <mpi/pool_under_test.hpp>
#include <numeric>
#include <optional>
#include <ranges>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace fs = std::filesystem;
using hecaton::detail::close_journals;

namespace {

// A folder with a journal, and a file in which items leave a line when they run.
struct Folder {
    Folder() {
        std::string name = (fs::temp_directory_path() / "hecaton-journal-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        path = name;
    }
    ~Folder() {
        close_journals();
        fs::remove_all(path);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    hecaton::PoolWithOptions pool(hecaton::MapOptions options = {}) const {
        options.journal = path / "j.db";
        return ::pool().with(std::move(options));
    }
    /// What has run since the last time, by rising number.
    std::vector<int> ran() const {
        std::ifstream file(path / "ran");
        std::vector<int> numbers;
        for (int number = 0; file >> number;) numbers.push_back(number);
        fs::remove(path / "ran");
        std::sort(numbers.begin(), numbers.end());
        return numbers;
    }

    fs::path path;
};

// Plain bytes, which a lambda may capture.
class Trace {
  public:
    explicit Trace(const Folder& folder) {
        std::strncpy(file_.data(), (folder.path / "ran").c_str(), file_.size() - 1);
    }
    bool is_to_fail() const { return ::access((std::string(file_.data()) + "-fail").c_str(), F_OK) == 0; }
    void add(int number) const {
        const std::string line = std::to_string(number) + "\n";
        const int file = ::open(file_.data(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        [[maybe_unused]] const auto written = ::write(file, line.data(), line.size());
        ::close(file);
    }

  private:
    std::array<char, 120> file_{};
};

std::vector<int> numbers(int n) {
    std::vector<int> result(static_cast<std::size_t>(n));
    std::iota(result.begin(), result.end(), 0);
    return result;
}

struct Padded {
    char letter;
    double value;
    bool operator==(const Padded&) const = default;
};

}  // namespace

TEST_CASE("journal: what has finished is not run again, whatever the types", "[journal]") {
    const Folder folder;
    const Trace trace(folder);
    const auto items = numbers(40);
    const auto twice = [trace](int x) { return trace.add(x), 2 * x; };
    const auto text = [trace](int x) { return trace.add(100 + x), std::string(static_cast<std::size_t>(x), 'x'); };
    const auto padded = [trace](int x) { return trace.add(200 + x), Padded{'a', x / 2.0}; };
    const auto nothing = [trace](int x) { trace.add(300 + x); };
    const auto once = [&] {
        auto with = folder.pool();
        return std::tuple(with.map(twice, items), with.map(text, items), with.map(padded, items),
                          (with.map(nothing, items), with.apply(twice, 1000)), with.map_async(twice, items).get(),
                          with.starmap([trace](int a, int b) { return trace.add(400 + a), a + b; },
                                       std::vector<std::pair<int, int>>{{1, 2}, {3, 4}}));
    };
    const auto first = once();
    CHECK(folder.ran().size() == 5 * 40 + 1 + 2);
    close_journals();
    CHECK(once() == first);
    CHECK(folder.ran().empty());
    CHECK(::pool().last_map().restored != 0);
    CHECK(::pool().last_map().items == 0);
}

TEST_CASE("journal: an item is known by its place and its content", "[journal]") {
    const Folder folder;
    const Trace trace(folder);
    const auto twice = [trace](int x) { return trace.add(x), 2 * x; };
    const auto run = [&](const std::vector<int>& items, hecaton::MapOptions options = {}) {
        close_journals();
        const auto results = folder.pool(std::move(options)).map(twice, items);
        for (std::size_t i = 0; i < items.size(); ++i) REQUIRE(results.at(i) == 2 * items[i]);
        return folder.ran();
    };
    using List = std::vector<int>;
    CHECK(run({1, 2, 3, 4}) == List{1, 2, 3, 4});
    CHECK(run({1, 7, 3, 4, 5}) == List{5, 7});
    CHECK(run({1, 2, 3, 4}).empty());  // what was replaced is still there
    CHECK(run({4, 3, 2, 1}) == List{1, 2, 3, 4});
    CHECK(run({1, 2}, {.name = "another"}) == List{1, 2});
    CHECK(run({1, 2}, {.seed = 1}) == List{1, 2});
    CHECK(run({1, 2}, {.version = "1"}) == List{1, 2});
    CHECK(run({1, 2}, {.version = "1"}).empty());
    CHECK(run({1, 2}, {.version = "2"}) == List{1, 2});
    // By cost too.
    CHECK(run({1, 9, 3, 8}, {.cost = [](std::size_t i) { return static_cast<double>(i); }}) == List{8, 9});
    CHECK(run({1, 9, 3, 8}, {.chunk_size = 2}).empty());
}

TEST_CASE("journal: a call that stops at an error keeps what was done", "[journal]") {
    const Folder folder;
    const Trace trace(folder);
    const auto f = [trace](int x) {
        trace.add(x);
        return x == 15 && trace.is_to_fail() ? throw std::out_of_range("15") : 2 * x;
    };
    std::vector<int> items(200);
    std::iota(items.begin(), items.end(), 0);
    const auto strict = folder.pool({.chunk_size = 1, .on_error = hecaton::OnError::stop});
    std::ofstream(folder.path / "ran-fail");
    CHECK_THROWS_AS(hecaton::PoolWithOptions(strict).map(f, items), std::out_of_range);
    const auto before = folder.ran();
    fs::remove(folder.path / "ran-fail");
    close_journals();
    const auto results = hecaton::PoolWithOptions(strict).map(f, items);
    for (std::size_t i = 0; i < items.size(); ++i) REQUIRE(results.at(i) == 2 * items[i]);
    const auto ran = folder.ran();
    const std::set<int> after(ran.begin(), ran.end());  // some began for the first call, too late for it
    const auto restored = ::pool().last_map().restored;
    CHECK(restored + after.size() == items.size());
    CHECK(restored < before.size());
    if (::pool().size() == 1) CHECK(restored == 15);
}

TEST_CASE("journal: a call is known by its number, its kind, its function and what that carries", "[journal]") {
    const Folder folder;
    const Trace trace(folder);
    const auto plus = [&](int n) { return [trace, n](int x) { return trace.add(x), x + n; }; };
    const std::vector<int> items{1, 2, 3};
    using List = std::vector<int>;
    const auto sum = [&](int n) {
        const auto results = folder.pool().map(plus(n), items);
        return std::accumulate(results.begin(), results.end(), 0);
    };
    CHECK(sum(1) == 9);
    CHECK(sum(1) == 9);  // the second call of the program: it may be another one
    CHECK(folder.ran() == List{1, 1, 2, 2, 3, 3});
    close_journals();
    CHECK(sum(2) == 12);  // other bytes captured
    CHECK(sum(1) == 9);
    CHECK(folder.ran() == List{1, 2, 3});
    close_journals();
    CHECK(folder.pool().map([trace](int x) { return trace.add(x), x + 1; }, items) == List{2, 3, 4});  // another type
    CHECK(folder.ran() == items);
    close_journals();
    const auto bound = [&](const std::string& word) {
        return folder.pool().map(
            hecaton::bind_front([](const std::string& text, int x) { return text + std::to_string(x); }, word), items);
    };
    CHECK(bound("a").front() == "a1");
    close_journals();
    CHECK(bound("b").front() == "b1");
}

TEST_CASE("journal: shared values count by their content", "[journal]") {
    const Folder folder;
    const Trace trace(folder);
    const std::vector<int> items{0, 1, 2};
    const auto pick = [&](const std::vector<int>& table, bool another_before) {
        close_journals();
        if (another_before)
            (void)::pool().broadcast(std::string("another"));  // takes a number; it lives as long as the pool
        const auto shared = ::pool().broadcast(table);
        const auto results = folder.pool().map(
            [trace, shared](int i) { return trace.add(i), (*shared)[static_cast<std::size_t>(i)]; }, items);
        ::pool().release(shared);
        return results;
    };
    CHECK(pick({5, 6, 7}, false) == std::vector<int>{5, 6, 7});
    CHECK(folder.ran() == items);
    CHECK(pick({5, 6, 7}, true) == std::vector<int>{5, 6, 7});
    CHECK(folder.ran().empty());
    CHECK(pick({5, 6, 8}, false) == std::vector<int>{5, 6, 8});
    CHECK(folder.ran() == items);
}

TEST_CASE("journal: shared values that items name count, also those of a later broadcast", "[journal]") {
    struct Cell {
        hecaton::Shared<std::vector<int>> table;
        std::uint64_t at;
    };
    const Folder folder;
    const Trace trace(folder);
    const auto sum = [&](const std::vector<int>& table) {
        close_journals();
        // Each item's value is broadcast when the item is read.
        const auto cells = std::views::iota(0, 3) | std::views::transform([&table](int at) {
                               return Cell{::pool().broadcast(table), static_cast<std::uint64_t>(at)};
                           });
        int total = 0;
        for (const int one :
             folder.pool().imap([trace](const Cell& cell) { return trace.add(7), (*cell.table)[cell.at]; }, cells))
            total += one;
        return total;
    };
    CHECK(sum({1, 2, 3}) == 6);
    CHECK(folder.ran().size() == 3);
    CHECK(sum({1, 2, 3}) == 6);
    CHECK(folder.ran().empty());
    CHECK(sum({1, 2, 4}) == 7);
    CHECK(folder.ran().size() == 3);
}

TEST_CASE("journal: items that failed run again", "[journal]") {
    const Folder folder;
    const Trace trace(folder);
    const auto odd = [trace](int x) {
        trace.add(x);
        if (x % 2 == 0) throw std::out_of_range("even");
        return x;
    };
    const auto items = numbers(10);
    CHECK_THROWS_AS(folder.pool().map(odd, items), std::out_of_range);
    CHECK(folder.ran() == items);
    close_journals();
    const auto outcomes = folder.pool().map_outcomes([trace](int x) { return trace.add(x), x; }, items);
    CHECK(folder.ran() == items);
    close_journals();
    const auto again = folder.pool().map_outcomes([trace](int x) { return trace.add(x), x; }, items);
    CHECK(folder.ran() == items);  // another lambda
    close_journals();
    CHECK_THROWS_AS(folder.pool().map(odd, items), std::out_of_range);
    CHECK(folder.ran() == std::vector<int>{0, 2, 4, 6, 8});
}

TEST_CASE("journal: outcomes say where and when an item ran before", "[journal]") {
    const Folder folder;
    const auto half = [](int x) { return x / 2.0; };
    const auto once = [&] {
        close_journals();
        return folder.pool().map_outcomes(half, numbers(20));
    };
    const auto first = once();
    const auto second = once();
    REQUIRE(second.size() == first.size());
    for (std::size_t i = 0; i < first.size(); ++i) {
        CHECK(second[i].value() == first[i].value());
        CHECK(second[i].index == i);
        CHECK(second[i].rank == first[i].rank);
        CHECK(second[i].host == first[i].host);
        CHECK(second[i].attempts == first[i].attempts);
        CHECK(second[i].duration == first[i].duration);
        const auto difference = second[i].started - first[i].started;
        CHECK(std::chrono::abs(difference) < std::chrono::milliseconds(1));
    }
}

TEST_CASE("journal: imap yields what was there again, and reads on", "[journal]") {
    const Folder folder;
    const Trace trace(folder);
    const auto text = [trace](int x) { return trace.add(x), std::to_string(x); };
    const auto collect = [&](int n) {
        close_journals();
        std::vector<std::string> results;
        for (auto& one : folder.pool().imap(text, numbers(n))) results.push_back(one);
        return results;
    };
    const auto first = collect(30);
    REQUIRE(first.size() == 30);
    CHECK(folder.ran() == numbers(30));
    const auto second = collect(50);
    CHECK(std::equal(first.begin(), first.end(), second.begin()));
    CHECK(second.back() == "49");
    CHECK(folder.ran().size() == 20);
    close_journals();
    std::set<std::string> unordered;
    for (auto& one : folder.pool().imap_unordered(text, numbers(60))) unordered.insert(one);
    CHECK(unordered.size() == 60);
    CHECK(folder.ran().size() == 10);
    close_journals();
    for (auto& outcome : folder.pool().imap_outcomes(text, numbers(5))) {
        CHECK(outcome.value() == std::to_string(outcome.index));
        CHECK_FALSE(outcome.host.empty());
    }
    CHECK(folder.ran().empty());
}

TEST_CASE("journal: map_reduce goes on with the same digits", "[journal]") {
    const Folder folder;
    const auto items = numbers(30'000);
    const auto term = [](int x) { return 1.0 / (1 + x); };
    const auto sum = [&](hecaton::PoolWithOptions with) { return with.map_reduce(term, std::plus<>(), 0.0, items); };
    const double expected = sum(::pool().with({}));
    CHECK(sum(folder.pool()) == expected);
    close_journals();
    CHECK(sum(folder.pool()) == expected);
    CHECK(::pool().last_map().items == 0);
    CHECK(::pool().last_map().restored == items.size());
}

TEST_CASE("journal: a file that is none is refused before anything runs", "[journal]") {
    const Folder folder;
    std::ofstream(folder.path / "j.db") << std::string(10'000, 'x');
    CHECK_THROWS_AS(folder.pool().map([](int x) { return x; }, numbers(3)), hecaton::JournalError);
    CHECK(fs::file_size(folder.path / "j.db") == 10'000);
    CHECK(::pool().map([](int x) { return x; }, {1, 2}) == std::vector<int>{1, 2});
}

TEST_CASE("journal: a file of the current folder is the same one before and after it is made", "[journal]") {
    const Folder folder;
    const fs::path before = fs::current_path();
    fs::current_path(folder.path);
    const auto twice = [](int x) { return 2 * x; };
    for (int times = 0; times < 2; ++times)
        CHECK(::pool().with({.journal = "j.db"}).map(twice, numbers(3)) == std::vector<int>{0, 2, 4});
    fs::current_path(before);
}
