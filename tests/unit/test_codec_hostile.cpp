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
#include <support/attack.hpp>
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

using hecaton::detail::Reader;
using hecaton::test::attack;
using hecaton::test::Bytes;
using hecaton::test::encoded;
using hecaton::test::survives;
using hecaton::test::varint;
namespace allocations = hecaton::test::allocations;

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
    // A node is its number of children; ones go on for ever.
    Bytes deep = encoded(app::Node{});
    deep.pop_back();
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
