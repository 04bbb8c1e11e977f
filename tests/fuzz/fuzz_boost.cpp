// Types with Boost's serialize, with pointers in them and without.
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
#include <boost/serialization/vector.hpp>
#include <fuzz/values.hpp>

namespace hecaton::fuzz {

enum class Colour : std::uint8_t { red, green };

struct Inner {
    std::string text;
    Colour colour = Colour::red;
    template <class Archive>
    void serialize(Archive& archive, unsigned) {
        archive& text& colour;
    }
    bool operator<(const Inner& other) const { return text < other.text; }
};

struct Outer {
    std::vector<double> numbers;
    std::vector<bool> flags;
    std::vector<Inner> inner;
    std::map<std::string, std::vector<Inner>> map;
    std::unordered_map<int, std::string> hashed;
    std::set<Inner> set;
    std::list<std::string> list;
    std::deque<Inner> deque;
    std::array<Inner, 2> array;
    std::wstring wide;
    boost::optional<Inner> maybe;
    bool raw[3] = {};
    template <class Archive>
    void serialize(Archive& archive, unsigned) {
        archive& numbers& flags& inner& map& hashed& set& list& deque& array& wide& maybe& raw;
    }
};

struct Node {
    std::vector<Node> children;
    template <class Archive>
    void serialize(Archive& archive, unsigned) {
        archive& children;
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
    void serialize(Archive& archive, unsigned) {
        archive& boost::serialization::base_object<Base>(*this) & text& next;
    }
};

struct Graph {
    std::unique_ptr<Base> owned;
    std::vector<std::shared_ptr<Base>> shared;
    template <class Archive>
    void serialize(Archive& archive, unsigned) {
        archive& owned& shared;
    }
};

}  // namespace hecaton::fuzz

BOOST_CLASS_EXPORT(hecaton::fuzz::Derived)

namespace hecaton::fuzz {

void run(std::span<const std::byte> bytes) {
    decode_one_of<Inner, Ambiguous<Outer>, Node, Graph, std::map<std::string, std::optional<Inner>>>(bytes);
}

std::vector<std::string> seeds() {
    Outer outer{.numbers = {1, 2},
                .flags = {true, false},
                .inner = {{"a", Colour::red}},
                .map = {{"key", {{"b", Colour::green}}}},
                .hashed = {{1, "x"}},
                .set = {{"c", Colour::red}},
                .list = {"d"},
                .deque = {{"e", Colour::red}},
                .array = {},
                .wide = L"wide",
                .maybe = Inner{"f", Colour::green},
                .raw = {true, false, true}};
    Node node;
    node.children.resize(2);
    node.children[1].children.resize(1);
    Graph graph;
    auto derived = std::make_unique<Derived>();
    derived->next = std::make_unique<Derived>();
    graph.owned = std::move(derived);
    graph.shared = {std::make_shared<Derived>(), nullptr};
    graph.shared.push_back(graph.shared[0]);
    return one_seed_each(Inner{"text", Colour::green}, outer, node, graph,
                         std::map<std::string, std::optional<Inner>>{{"k", Inner{"v", Colour::red}}, {"l", {}}});
}

}  // namespace hecaton::fuzz
