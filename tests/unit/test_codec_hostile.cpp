// Bytes that no encode() wrote: truncated, flipped, made up. Decoding them must end in an exception or in some value,
// in bounded time and memory, and without a read outside of the block (build with HECATON_SANITIZE to see those).
#include <boost/serialization/array.hpp>
#include <boost/serialization/deque.hpp>
#include <boost/serialization/export.hpp>
#include <boost/serialization/list.hpp>
#include <boost/serialization/map.hpp>
#include <boost/serialization/optional.hpp>
#include <boost/serialization/set.hpp>
#include <boost/serialization/shared_ptr.hpp>
#include <boost/serialization/string.hpp>
#include <boost/serialization/unique_ptr.hpp>
#include <boost/serialization/unordered_map.hpp>
#include <boost/serialization/unordered_set.hpp>
#include <boost/serialization/vector.hpp>
//
#include <complex>
#include <hecaton/codec/codec.hpp>
#include <memory>
#include <random>
#include <support/allocations.hpp>
#include <support/catch.hpp>

namespace app {

enum class Kind : std::uint8_t { one, two };

struct Inner {
    std::string text;
    Kind kind = Kind::one;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& text& kind;
    }
    bool operator<(const Inner& other) const { return text < other.text; }
};

struct Outer {
    std::vector<double> numbers{1, 2, 3};
    std::vector<bool> flags{true, false};
    std::vector<Inner> inner{{"a", Kind::one}, {"b", Kind::two}};
    std::map<std::string, std::vector<Inner>> map{{"key", {{"c", Kind::one}}}};
    std::unordered_map<int, std::string> hashed{{1, "x"}};
    std::set<Inner> set{{"d", Kind::two}};
    std::list<std::string> list{"e"};
    std::deque<Inner> deque{{"f", Kind::one}};
    std::array<Inner, 2> array{};
    std::wstring wide = L"wide";
    boost::optional<Inner> maybe = Inner{"g", Kind::one};
    bool raw[3] = {true, false, true};
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& numbers& flags& inner& map& hashed& set& list& deque& array& wide& maybe& raw;
    }
};

struct Base {
    virtual ~Base() = default;
    template <class Archive>
    void serialize(Archive&, unsigned) {}
};
struct Derived : Base {
    std::string text = "derived";
    std::unique_ptr<Base> next;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& boost::serialization::base_object<Base>(*this) & text& next;
    }
};
struct Graph {
    std::unique_ptr<Base> owned;
    std::vector<std::shared_ptr<Base>> shared;
    std::vector<Inner> values{{"a", Kind::one}};
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& owned& shared& values;
    }
};

struct Node {
    std::vector<Node> children;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& children;
    }
};

struct Member {
    std::string text;
    std::vector<double> numbers;
    bool flags[2];
};
struct Struct {
    std::string text;
    const std::vector<Member> members;
    std::optional<Inner> inner;
    bool flag;
};
struct Bush {
    std::vector<Bush> children;
};

}  // namespace app

BOOST_CLASS_EXPORT(app::Derived)

namespace {

using hecaton::detail::Buffer;
using hecaton::detail::Reader;
using hecaton::detail::Writer;
namespace allocations = hecaton::test::allocations;
using Bytes = std::vector<std::byte>;

template <class T>
Bytes encoded(const T& value) {
    Buffer buffer;
    Writer writer(buffer);
    hecaton::detail::encode(writer, value);
    return {buffer.data(), buffer.data() + buffer.size()};
}

struct Guard {
    explicit Guard(std::size_t input) { allocations::limit = input * 64 + (1 << 20); }
    ~Guard() { allocations::limit = 0; }
};

/// Decodes a block of exactly these bytes; true when a value came out. Anything but a std::exception fails the test.
template <class T>
bool survives(const Bytes& bytes) {
    const std::unique_ptr<std::byte[]> exact(new std::byte[bytes.size()]);
    std::copy(bytes.begin(), bytes.end(), exact.get());
    Reader reader({exact.get(), bytes.size()});
    allocations::largest = 0;
    try {
        const Guard guard(bytes.size());
        [[maybe_unused]] const T value = hecaton::detail::decode<T>(reader);
        allocations::limit = 0;
        encoded(value);  // touches all of it
        return true;
    } catch (const std::exception&) {
        const std::size_t largest = allocations::largest;
        if (largest > bytes.size() * 64 + (1 << 20)) FAIL("allocated " << largest << " bytes for " << bytes.size());
        return false;
    }
}

Bytes varint(std::uint64_t value) {
    Buffer buffer;
    Writer writer(buffer);
    writer.size(value);
    return {buffer.data(), buffer.data() + buffer.size()};
}

template <class T>
void attack(const T& value) {
    const Bytes good = encoded(value);
    REQUIRE(survives<T>(good));
    for (std::size_t n = 0; n < good.size(); ++n) {
        if (survives<T>(Bytes(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(n)))) FAIL("a prefix of " << n);
    }
    for (std::size_t i = 0; i < good.size(); ++i) {
        for (const int flip : {0x01, 0x02, 0x80, 0xFF, 0x7F}) {
            Bytes bad = good;
            bad[i] ^= std::byte(flip);
            survives<T>(bad);
        }
        for (const std::uint64_t length : {std::uint64_t{1} << 20, std::uint64_t{1} << 31, std::uint64_t{1} << 32,
                                           std::uint64_t{1} << 61, std::uint64_t{1} << 63, UINT64_MAX}) {
            Bytes bad(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(i));
            const Bytes huge = varint(length);
            bad.insert(bad.end(), huge.begin(), huge.end());
            bad.insert(bad.end(), good.begin() + static_cast<std::ptrdiff_t>(i) + 1, good.end());
            survives<T>(bad);
        }
    }
    for (unsigned seed = 0; seed < 400; ++seed) {
        std::mt19937 random(seed);
        Bytes garbage(random() % 300);
        const unsigned top = seed % 3 == 0 ? 3 : seed % 3 == 1 ? 20 : 256;  // small numbers get further
        for (auto& byte : garbage) byte = std::byte(random() % top);
        survives<T>(garbage);
    }
}

}  // namespace

TEST_CASE("hostile bytes: values") {
    using namespace std::string_literals;
    attack(true);
    attack(1.5);
    attack(std::array{true, false});
    attack("text"s);
    attack(L"text"s);
    attack(std::vector{1.5, 2.5});
    attack(std::vector<std::array<bool, 2>>(3));
    attack(std::vector<std::array<char, 1000>>(2));
    attack(std::vector{true, false, true});
    attack(std::vector{"a"s, ""s});
    attack(std::vector<std::tuple<>>(3));
    attack(std::vector<std::vector<std::vector<int>>>{{{1}, {}}, {}});
    attack(std::list{1, 2});
    attack(std::deque{"a"s});
    attack(std::array{"a"s, "b"s});
    attack(std::pair{1, "x"s});
    attack(std::tuple{1, "x"s, std::optional<double>{1}});
    attack(std::vector<std::optional<bool>>{true, {}, false});
    attack(std::variant<std::monostate, int, std::string, std::vector<int>>{"x"});
    attack(std::vector<std::variant<int, bool>>{1, true});
}

TEST_CASE("hostile bytes: associative containers") {
    using namespace std::string_literals;
    attack(std::map<std::string, int>{{"a", 1}, {"b", 2}});
    attack(std::multimap<std::string, std::vector<int>>{{"a", {1}}, {"a", {2}}});
    attack(std::unordered_map<std::string, std::string>{{"a", "b"}});
    attack(std::unordered_multimap<int, std::string>{{1, "b"}, {1, "c"}});
    attack(std::set{"a"s, "b"s});
    attack(std::multiset{1, 1});
    attack(std::unordered_set{"a"s});
    attack(std::unordered_multiset{1, 1});
    attack(std::map<int, std::unordered_map<int, std::optional<std::vector<std::string>>>>{{1, {{2, {{"x"}}}}}});
}

TEST_CASE("hostile bytes: structs") {
    const app::Member member{"text", {1, 2}, {true, false}};
    attack(member);
    attack(app::Struct{"text", {member, member}, app::Inner{"inner", app::Kind::two}, true});
    attack(std::map<int, std::vector<app::Member>>{{1, {member}}});
    attack(app::Bush{{{}, {{{}, {}}}}});
}

TEST_CASE("hostile bytes: serialize") {
    attack(app::Inner{"text", app::Kind::two});
    attack(app::Outer());
    attack(std::vector<app::Inner>(3));
    attack(std::map<std::string, std::optional<app::Outer>>{{"k", app::Outer()}});
    app::Node node;
    node.children.resize(3);
    node.children[2].children.resize(2);
    attack(node);
}

TEST_CASE("hostile bytes: pointers") {
    app::Graph graph;
    auto derived = std::make_unique<app::Derived>();
    derived->next = std::make_unique<app::Derived>();
    graph.owned = std::move(derived);
    graph.shared = {std::make_shared<app::Derived>(), nullptr};
    graph.shared.push_back(graph.shared[0]);
    attack(graph);
    const Bytes good = encoded(graph);
    for (std::size_t i = 0; i < good.size(); ++i) {  // the checksum covers every byte
        Bytes bad = good;
        bad[i] ^= std::byte{0x10};
        CHECK_FALSE(survives<app::Graph>(bad));
    }
}

TEST_CASE("hostile bytes: nesting without end") {
    // A node is its number of children and a version; ones go on for ever.
    Bytes deep = encoded(app::Node{});
    deep.resize(deep.size() - 2);
    deep.insert(deep.end(), 3'000'000, std::byte{1});
    CHECK_FALSE(survives<app::Node>(deep));
    Reader reader(deep);
    CHECK_THROWS_WITH(hecaton::detail::decode<app::Node>(reader), ContainsSubstring("nested too deeply"));
}

TEST_CASE("hostile bytes: many small elements take allocations in proportion") {
    Bytes zeros(1 << 16);
    const Bytes length = varint(60'000);
    std::copy(length.begin(), length.end(), zeros.begin());
    allocations::count = 0;
    survives<std::vector<std::vector<std::string>>>(zeros);
    survives<std::unordered_multimap<bool, std::string>>(zeros);
    survives<std::multimap<bool, std::vector<int>>>(zeros);
    survives<std::vector<app::Inner>>(zeros);
    CHECK(allocations::count < 4 * 3 * zeros.size());
}
