// Memory files, and vectors that take in their pages.
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <hecaton/pool/shared/form.hpp>
#include <numeric>
#include <support/catch.hpp>
#include <support/skip.hpp>

using hecaton::detail::MemoryFile;
using hecaton::detail::PageAdoption;
using namespace hecaton::detail;

namespace {

constexpr std::size_t page = 4096;

std::vector<double> ramp(std::size_t count) {
    std::vector<double> values(count);
    std::iota(values.begin(), values.end(), 1.0);
    return values;
}

std::ptrdiff_t open_files() {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), std::filesystem::directory_iterator());
}

// Pages of `path` that lie between the two addresses.
bool mapped_from_file(const void* at) {
    std::ifstream maps("/proc/self/maps");
    const auto address = reinterpret_cast<std::uintptr_t>(at);
    for (std::string line; std::getline(maps, line);) {
        std::uintptr_t begin = 0;
        std::uintptr_t end = 0;
        if (std::sscanf(line.c_str(), "%lx-%lx", &begin, &end) == 2 && begin <= address && address < end)
            return line.find("memfd:hecaton") != std::string::npos;
    }
    return false;
}

// kB of memory that this process has written to and shares with nobody.
long private_dirty() {
    std::ifstream rollup("/proc/self/smaps_rollup");
    for (std::string word; rollup >> word;)
        if (long value = 0; word == "Private_Dirty:" && rollup >> value) return value;
    return -1;
}

struct Pixel {
    char red;
    double weight;
    bool operator==(const Pixel& other) const { return red == other.red && weight == other.weight; }
};
struct Sealed {
    const int number;
    bool operator==(const Sealed&) const = default;
};
struct alignas(128) Wide {
    double number;
    bool operator==(const Wide&) const = default;
};
struct Megabytes {
    std::array<int, 700'000> numbers;
};

template <class T>
const T& value_of(const std::shared_ptr<const void>& value) {
    return *static_cast<const T*>(value.get());
}

// What the root keeps and what another rank makes of it are both equal to `values`.
template <class T>
void check_round_trip(const T& values) {
    const NewShared lent = new_shared<T>(values);
    CHECK(value_of<T>(lent.value) == values);
    CHECK(value_of<T>(shared_from<T>(lent.block)) == values);
    const NewShared given = new_shared<T>(T(values));
    CHECK(value_of<T>(given.value) == values);
    CHECK(value_of<T>(shared_from<T>(given.block)) == values);
}

}  // namespace

TEST_CASE("a memory file is written, sealed and opened by its address") {
    const auto before = open_files();
    {
        const auto file = MemoryFile::create(10'000);
        REQUIRE(file != nullptr);
        REQUIRE(file->write(9'990, "0123456789", 10));
        file->seal();
        CHECK_FALSE(file->write(0, "x", 1));
        CHECK(::ftruncate(file->descriptor(), 5'000) != 0);
        const auto again = MemoryFile::open(file->address());
        REQUIRE(again != nullptr);
        CHECK(again->size() == 10'000);
        const auto bytes = again->map();
        CHECK(std::memcmp(bytes.get() + 9'990, "0123456789", 10) == 0);
        CHECK(bytes.get()[0] == std::byte{0});
    }
    CHECK(open_files() == before);
}

TEST_CASE("an address that is void opens nothing") {
    const auto file = MemoryFile::create(100);
    REQUIRE(file != nullptr);
    auto address = file->address();
    SECTION("another file") { ++address.inode; }
    SECTION("another size") { ++address.size; }
    SECTION("no such descriptor") { address.descriptor = 100'000; }
    SECTION("no file") { address.descriptor = -1; }
    SECTION("a pipe, which nobody writes to") {
        std::array<int, 2> ends{};
        REQUIRE(::pipe(ends.data()) == 0);
        address.descriptor = ends[0];
        CHECK(MemoryFile::open(address) == nullptr);
        ::close(ends[0]);
        ::close(ends[1]);
    }
    const auto before = open_files();
    CHECK(MemoryFile::open(address) == nullptr);
    CHECK(open_files() == before);
}

TEST_CASE("files leave half of the descriptors to the program") {
    rlimit limit{};
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &limit) == 0);
    rlimit small = limit;
    small.rlim_cur = 40;
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &small) == 0);
    std::vector<std::shared_ptr<MemoryFile>> files;
    while (auto file = MemoryFile::create(1)) files.push_back(std::move(file));
    const auto used = open_files();
    ::setrlimit(RLIMIT_NOFILE, &limit);
    CHECK(used <= 22);
    CHECK(!files.empty());
    // Without a file the bytes stay in memory.
    ::setrlimit(RLIMIT_NOFILE, &small);
    const auto values = ramp(1'000'000);
    const NewShared shared = new_shared<std::vector<double>>(values);
    const NewShared text = new_shared<std::string>(std::string(100'000, 'x'));
    ::setrlimit(RLIMIT_NOFILE, &limit);
    CHECK_FALSE(shared.block.in_file());
    CHECK(value_of<std::vector<double>>(shared.value) == values);
    CHECK(value_of<std::vector<double>>(shared_from<std::vector<double>>(shared.block)) == values);
    CHECK_FALSE(text.block.in_file());
    CHECK(value_of<std::string>(shared_from<std::string>(text.block)) == std::string(100'000, 'x'));
}

TEST_CASE("vectors of all sizes around pages and thresholds come back whole") {
    for (const std::size_t bytes : {std::size_t{0}, std::size_t{8}, page, SharedBlock::smallest_file,
                                    PageAdoption::smallest, PageAdoption::piece, PageAdoption::own_mapping}) {
        for (const std::size_t more : {std::size_t{0}, std::size_t{1}, std::size_t{2}, std::size_t{3}, page / 8}) {
            check_round_trip(ramp(bytes / 8 + more));
            if (bytes >= 24) check_round_trip(ramp(bytes / 8 - 1 - more % 3));
        }
    }
}

TEST_CASE("values of all forms come back whole") {
    for (const std::size_t count : {std::size_t{0}, std::size_t{3}, std::size_t{7'000}, std::size_t{300'001}}) {
        check_round_trip(std::vector<Pixel>(count, Pixel{'r', 0.5}));
        check_round_trip(std::vector<Sealed>(count, Sealed{7}));
        check_round_trip(std::vector<Wide>(count, Wide{1.5}));
        check_round_trip(std::vector<bool>(count, true));
        check_round_trip(std::vector<char>(count, 'c'));
        check_round_trip(std::vector<std::array<char, 3>>(count, std::array<char, 3>{'a', 'b', 'c'}));
        check_round_trip(std::string(count, 's'));
        check_round_trip(std::vector<std::string>(count, "a word"));
    }
    check_round_trip(std::map<int, std::string>{{1, "one"}, {2, "two"}});
    check_round_trip(42);
    check_round_trip(Wide{2.5});
    check_round_trip(true);
    auto large = std::make_unique<Megabytes>();
    large->numbers.back() = 5;
    const NewShared shared = new_shared<Megabytes>(*large);
    CHECK(shared.block.in_file());
    CHECK(value_of<Megabytes>(shared.value).numbers.back() == 5);
    CHECK(value_of<Megabytes>(shared_from<Megabytes>(shared.block)).numbers.back() == 5);
}

TEST_CASE("a large vector lies in the file's pages, wherever it was before") {
    if (!PageAdoption::possible(std::vector<double>(8'000'000).data(), 16))
        return hecaton::test::skip("needs the C library's allocator, and not that of a sanitizer");
    const std::size_t count = GENERATE(std::size_t{200'000}, std::size_t{8'000'000});
    const bool given = GENERATE(false, true);
    auto values = ramp(count);
    const auto expected = values;
    const NewShared shared =
        given ? new_shared<std::vector<double>>(std::move(values)) : new_shared<std::vector<double>>(values);
    const auto& kept = value_of<std::vector<double>>(shared.value);
    CHECK(mapped_from_file(&kept[count / 2]));
    CHECK(kept == expected);
    const long before = private_dirty();
    const auto copy = shared_from<std::vector<double>>(shared.block);
    CHECK(value_of<std::vector<double>>(copy) == expected);
    CHECK(private_dirty() - before < 1'000);
}

TEST_CASE("storage on the heap, and storage that lies otherwise in its pages, is not adopted") {
    const auto small = std::make_unique<double[]>(5'000);
    CHECK_FALSE(PageAdoption::possible(small.get(), 16));
    CHECK_FALSE(PageAdoption::possible(nullptr, 16));
    const std::vector<double> large(8'000'000);
    CHECK_FALSE(PageAdoption::possible(large.data(), 24));
    CHECK_FALSE(PageAdoption::possible(large.data(), 0));
    std::vector<std::vector<char>> blocks;
    for (std::size_t size = 1; size < 100'000; size += 37) {
        blocks.emplace_back(size);
        CHECK_FALSE(PageAdoption::possible(blocks.back().data(), 16));
    }
}

TEST_CASE("freed and allocated again, memory is as it should be") {
    for (int i = 0; i < 20; ++i) {
        auto shared = new_shared<std::vector<double>>(ramp(500'000));
        auto copy = shared_from<std::vector<double>>(shared.block);
        shared = {};
        CHECK(value_of<std::vector<double>>(copy)[499'999] == 500'000);
        copy.reset();
        const std::vector<double> zeros(500'000);
        CHECK(std::count(zeros.begin(), zeros.end(), 0.0) == 500'000);
    }
}
