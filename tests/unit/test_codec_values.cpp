#include <bitset>
#include <chrono>
#include <complex>
#include <cstdint>
#include <hecaton/codec/codec.hpp>
#include <iostream>
#include <limits>
#include <memory>
#include <random>
#include <support/catch.hpp>
#include <support/round_trip.hpp>

using hecaton::Travels;
using hecaton::TravelsAsBytes;
using hecaton::detail::Buffer;
using hecaton::detail::Reader;
using hecaton::detail::travels_as_t;
using hecaton::detail::Writer;
using hecaton::test::round_trip;

namespace {

#define CHECK_TRIP(...)                      \
    do {                                     \
        const auto value = __VA_ARGS__;      \
        CHECK((round_trip(value) == value)); \
    } while (false)

enum class Colour : std::uint64_t { red = 1, green = std::numeric_limits<std::uint64_t>::max() };
enum Old { old_a, old_b = 9 };

struct Padded {
    char a;
    double b;
    short c;
    bool operator==(const Padded&) const = default;
};

struct Point {
    double x, y;
    bool operator==(const Point&) const = default;
};

class NoDefault {  // trivially copyable
  public:
    explicit NoDefault(int number) : number_(number) {}
    bool operator==(const NoDefault&) const = default;
    auto operator<=>(const NoDefault&) const = default;

  private:
    int number_;
};

struct Hash {
    std::size_t operator()(const NoDefault&) const { return 1; }
};

struct Empty {
    bool operator==(const Empty&) const = default;
};

class Closed {  // not trivially copyable, no serialize, no aggregate
    std::string text_;
    std::vector<int> numbers_;
};

struct Move {
    Move(Move&&) = default;
    std::string text;
};

// What travels
static_assert(Travels<int> && Travels<bool> && Travels<Colour> && Travels<Old> && Travels<Padded> && Travels<Empty>);
static_assert(Travels<std::monostate> && Travels<std::complex<double>> && Travels<std::chrono::nanoseconds>);
static_assert(Travels<std::string> && Travels<std::wstring> && Travels<std::u16string>);
static_assert(Travels<std::vector<std::vector<bool>>> && Travels<std::array<std::string, 3>>);
static_assert(Travels<std::tuple<>> && Travels<std::tuple<int, std::string, std::optional<std::vector<double>>>>);
static_assert(Travels<std::map<std::string, std::unordered_map<int, std::set<long>>>>);
static_assert(Travels<NoDefault> && Travels<std::pair<NoDefault, std::vector<NoDefault>>>);
// What does not
static_assert(!Travels<int*> && !Travels<const char*> && !Travels<void*> && !Travels<std::nullptr_t>);
static_assert(!Travels<int Padded::*> && !Travels<int (*)(int)> && !Travels<int(int)> && !Travels<void>);
static_assert(!Travels<int&> && !Travels<const int> && !Travels<int[3]>);
static_assert(!Travels<std::span<int>> && !Travels<std::string_view> && !Travels<std::reference_wrapper<int>>);
static_assert(!Travels<std::initializer_list<int>> && !Travels<std::unique_ptr<int[]>> &&
              !Travels<std::shared_ptr<int>>);
static_assert(!Travels<std::vector<int*>> && !Travels<std::pair<char*, int>> && !Travels<std::vector<const char*>>);
static_assert(!Travels<std::optional<int*>> && !Travels<std::variant<int, char*>> && !Travels<std::array<int*, 2>>);
static_assert(!Travels<std::array<std::string_view, 2>> && !Travels<std::tuple<std::span<const int>>>);
static_assert(!Travels<std::map<int, std::vector<std::array<void*, 1>>>> && !Travels<std::map<int*, int>>);
static_assert(!Travels<std::tuple<int&>>);
static_assert(!Travels<Closed> && !Travels<std::vector<Closed>> && !Travels<Move> && !Travels<std::function<int()>>);
static_assert(!Travels<std::set<int, bool (*)(int, int)>>);
// In place
static_assert(TravelsAsBytes<double> && TravelsAsBytes<Padded> && TravelsAsBytes<std::array<int, 4>>);
static_assert(TravelsAsBytes<std::array<std::array<Point, 2>, 4>> && TravelsAsBytes<NoDefault>);
static_assert(!TravelsAsBytes<std::string> && !TravelsAsBytes<std::pair<int, int>> && !TravelsAsBytes<int*>);
static_assert(!TravelsAsBytes<std::optional<int>> && !TravelsAsBytes<std::array<std::variant<int>, 2>>);
static_assert(!TravelsAsBytes<std::span<int>> && !TravelsAsBytes<std::string_view>);
// As what
static_assert(std::is_same_v<travels_as_t<const char*>, std::string> &&
              std::is_same_v<travels_as_t<char*>, std::string>);
static_assert(std::is_same_v<travels_as_t<const char (&)[4]>, std::string>);
static_assert(std::is_same_v<travels_as_t<char[4]>, std::string>);
static_assert(std::is_same_v<travels_as_t<std::string_view>, std::string>);
static_assert(std::is_same_v<travels_as_t<const std::string_view&>, std::string>);
static_assert(std::is_same_v<travels_as_t<const std::string&>, std::string>);
static_assert(std::is_same_v<travels_as_t<const int&>, int> && std::is_same_v<travels_as_t<int*>, int*>);

}  // namespace

TEST_CASE("bytes") {
    CHECK_TRIP(42);
    CHECK_TRIP(true);
    CHECK_TRIP(-1.5L);
    CHECK_TRIP(Colour::green);
    CHECK_TRIP(old_b);
    CHECK_TRIP(Padded{'x', 2.5, -3});
    CHECK_TRIP(Empty{});
    CHECK_TRIP(NoDefault(3));
    CHECK_TRIP(std::bitset<100>(12345));
    CHECK_TRIP(std::array<Padded, 2>{Padded{'x', 2.5, -3}, Padded{}});
    CHECK_TRIP(std::array<bool, 3>{true, false, true});
    CHECK_TRIP(std::array<int, 0>{});
    CHECK_TRIP(std::chrono::system_clock::now());
    int base = 4;
    const auto closure = [base](int x) { return base + x; };
    base = 5;
    Buffer buffer;
    Writer writer(buffer);
    hecaton::detail::encode(writer, closure);
    Reader reader(buffer.bytes());
    CHECK(hecaton::detail::decode<std::remove_const_t<decltype(closure)>>(reader)(1) == 5);
}

TEST_CASE("text") {
    using namespace std::string_literals;
    CHECK_TRIP(""s);
    CHECK_TRIP("one\0two"s);
    CHECK_TRIP(std::string(127, 'x'));
    CHECK_TRIP(std::string(128, 'x'));
    CHECK_TRIP(std::string(100'000, 'x'));
    CHECK_TRIP(L"wide \u00e4"s);
    CHECK_TRIP(u"sixteen"s);
    CHECK_TRIP(U"thirty-two"s);
}

TEST_CASE("sequences") {
    using namespace std::string_literals;
    CHECK_TRIP(std::vector<double>{});
    CHECK_TRIP(std::vector<double>{1, 2, 3});
    CHECK_TRIP(std::vector<long double>{1, 2, 3});
    CHECK_TRIP(std::vector<Padded>{{'x', 2.5, -3}, {}});
    CHECK_TRIP(std::vector<NoDefault>(3, NoDefault(4)));
    CHECK_TRIP(std::vector<Empty>(5));
    CHECK_TRIP(std::vector<std::tuple<>>(5));
    CHECK_TRIP(std::vector<std::array<std::string, 0>>(5));
    CHECK_TRIP(std::vector<std::array<std::optional<int>, 0>>(5));
    for (std::size_t n : {0U, 1U, 7U, 8U, 9U, 64U, 1000U}) {
        std::vector<bool> bits(n);
        for (std::size_t i = 0; i < n; ++i) bits[i] = i % 3 == 0;
        CHECK_TRIP(bits);
        CHECK_TRIP(std::vector<std::vector<bool>>(3, bits));
    }
    CHECK_TRIP(std::vector<std::string>{"a", "", "ccc"});
    CHECK_TRIP(std::vector<std::vector<std::vector<int>>>{{{1, 2}, {}}, {}, {{3}}});
    CHECK_TRIP(std::deque<int>{1, 2, 3});
    CHECK_TRIP(std::deque<bool>{true, false});
    CHECK_TRIP(std::list<std::string>{"a", "b"});
    CHECK_TRIP(std::list<int>{4, 5});
    CHECK_TRIP(std::array<std::string, 2>{"x", "y"});
    std::array<std::string, 100> many{};
    many[99] = "last";
    CHECK_TRIP(many);
    CHECK_TRIP(std::vector<Colour>{Colour::red, Colour::green});
}

TEST_CASE("products and sums") {
    using namespace std::string_literals;
    CHECK_TRIP(std::pair{1, "x"s});
    CHECK_TRIP(std::pair{NoDefault(1), NoDefault(2)});
    CHECK_TRIP(std::tuple{});
    CHECK_TRIP(std::tuple{1, "x"s, std::vector{1.5}});
    CHECK_TRIP(std::tuple<std::tuple<int>>{std::tuple{1}});
    CHECK_TRIP(std::tuple<std::optional<std::tuple<int>>>{std::tuple{1}});
    CHECK_TRIP(std::optional<int>{});
    CHECK_TRIP(std::optional<int>{3});
    CHECK_TRIP(std::optional<std::string>{"x"});
    CHECK_TRIP(std::optional<std::optional<int>>{std::optional<int>{}});
    CHECK_TRIP(std::optional<NoDefault>{NoDefault(3)});
    CHECK_TRIP(std::variant<std::monostate, int, std::string>{});
    CHECK_TRIP(std::variant<std::monostate, int, std::string>{"x"});
    CHECK_TRIP(std::variant<int, int>{std::in_place_index<1>, 5});
    CHECK_TRIP(std::variant<NoDefault, std::vector<std::optional<bool>>>{std::vector<std::optional<bool>>{true, {}}});
}

TEST_CASE("associative containers") {
    using namespace std::string_literals;
    CHECK_TRIP(std::map<std::string, int>{{"a", 1}, {"b", 2}});
    CHECK_TRIP(std::map<int, std::map<int, std::string>, std::greater<>>{{1, {{2, "x"}}}, {3, {}}});
    CHECK_TRIP(std::map<NoDefault, NoDefault>{{NoDefault(1), NoDefault(2)}});
    CHECK_TRIP(std::multimap<int, std::string>{{1, "first"}, {1, "second"}, {0, "zero"}});
    CHECK_TRIP(std::unordered_map<std::string, std::vector<int>>{{"a", {1}}, {"b", {}}});
    CHECK_TRIP(std::unordered_map<NoDefault, int, Hash>{{NoDefault(1), 1}, {NoDefault(2), 2}});
    CHECK_TRIP(std::unordered_multimap<int, int>{{1, 1}, {1, 2}, {2, 1}});
    CHECK_TRIP(std::set<std::string>{"b", "a"});
    CHECK_TRIP(std::multiset<int>{3, 1, 3});
    CHECK_TRIP(std::unordered_set<std::string>{"b", "a"});
    CHECK_TRIP(std::unordered_multiset<int>{3, 1, 3});
}

TEST_CASE("a valueless variant is refused, and the writer goes back") {
    struct Thrower {
        Thrower() = default;
        Thrower(const Thrower&) = default;
        Thrower& operator=(const Thrower&) = default;
        explicit operator int() const { throw 1; }
    };
    std::variant<std::string, int> value;
    CHECK_THROWS_AS(value.emplace<1>(Thrower()), int);
    if (!value.valueless_by_exception()) return;  // the library kept the old value
    Buffer buffer;
    Writer writer(buffer);
    writer.byte(1);
    const auto before = writer.position();
    CHECK_THROWS_AS(hecaton::detail::encode(writer, std::pair(1, value)), std::bad_variant_access);
    writer.rollback(before);
    CHECK(buffer.size() == 1);
}

TEST_CASE("lengths") {
    Buffer buffer;
    Writer writer(buffer);
    std::vector<std::uint64_t> sizes{0, 1, 127, 128, 16'383, 16'384, UINT32_MAX, std::uint64_t{1} << 62, UINT64_MAX};
    for (auto size : sizes) writer.size(size);
    Reader reader(buffer.bytes());
    for (auto size : sizes) CHECK(reader.size() == size);
    CHECK(reader.remaining() == 0);
    CHECK(reader.position() == buffer.size());
    CHECK_THROWS_AS(reader.size(), hecaton::DecodeError);
}

TEST_CASE("equal values have equal bytes") {
    const auto dirty = [](int filler) {
        std::vector<Padded> values(2);
        std::memset(static_cast<void*>(values.data()), filler, 2 * sizeof(Padded));
        for (auto& value : values) {
            value.a = 'a';
            value.b = 1.5;
            value.c = 3;
        }
        Buffer buffer;
        Writer writer(buffer);
        writer.byte(0);
        hecaton::detail::encode(writer, values);
        hecaton::detail::encode(writer, values[0]);
        hecaton::detail::encode(writer, std::array{values[0], values[1]});
        return std::string(reinterpret_cast<const char*>(buffer.data()), buffer.size());
    };
#if defined(__GNUC__) && !defined(__clang__)
    CHECK(dirty(0x55) == dirty(0xAA));
#endif
    CHECK(dirty(0x55) == dirty(0x55));
}

namespace {

using Leaf = std::variant<std::monostate, int, std::string, Padded, std::vector<bool>>;
using Branch = std::tuple<std::optional<Leaf>, std::vector<Leaf>, std::map<std::string, Leaf>>;
using Tree = std::pair<std::vector<Branch>, std::unordered_map<int, std::array<std::deque<Branch>, 2>>>;

class Maker {
  public:
    explicit Maker(unsigned seed) : random_(seed) {}
    unsigned below(unsigned n) { return static_cast<unsigned>(random_() % n); }
    std::string text() {
        return std::string(below(5) == 0 ? below(1000) : below(20), static_cast<char>('a' + below(26)));
    }
    Leaf leaf() {
        switch (below(5)) {
            case 0:
                return {};
            case 1:
                return static_cast<int>(random_());
            case 2:
                return text();
            case 3:
                return Padded{'p', static_cast<double>(below(1000)), static_cast<short>(below(9))};
            default:
                return std::vector<bool>(below(70), below(2) == 0);
        }
    }
    Branch branch() {
        Branch made;
        if (below(2) == 0) std::get<0>(made) = leaf();
        for (unsigned n = below(6); n > 0; --n) std::get<1>(made).push_back(leaf());
        for (unsigned n = below(6); n > 0; --n) std::get<2>(made).emplace(text(), leaf());
        return made;
    }
    Tree tree() {
        Tree made;
        for (unsigned n = below(10); n > 0; --n) made.first.push_back(branch());
        for (unsigned n = below(10); n > 0; --n) made.second[static_cast<int>(below(50))][n % 2].push_back(branch());
        return made;
    }

  private:
    std::mt19937 random_;
};

}  // namespace

TEST_CASE("random structures") {
    const unsigned seed = std::random_device()();
    std::cout << "random structures from seed " << seed << '\n';
    CAPTURE(seed);
    Maker maker(seed);
    for (int i = 0; i < 300; ++i) {
        const Tree tree = maker.tree();
        CHECK((round_trip(tree) == tree));
    }
}
