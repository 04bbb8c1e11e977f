// What `ar & member` takes inside a `serialize`. The tests that include this differ in what they include of Boost, and
// in the order: nothing else may differ.
#pragma once

#include <array>
#include <bitset>
#include <chrono>
#include <complex>
#include <deque>
#include <filesystem>
#include <hecaton/codec/codec.hpp>
#include <list>
#include <map>
#include <memory>
#include <memory_resource>
#include <optional>
#include <set>
#include <string>
#include <support/catch.hpp>
#include <support/round_trip.hpp>
#include <system_error>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <valarray>
#include <variant>
#include <vector>

namespace serialize_cases {

using hecaton::test::round_trip;

template <class T>
struct Holder {
    T value{};
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& value;
    }
};

template <class T>
T held(const T& value) {
    return round_trip(Holder<T>{value}).value;
}

template <class T>
std::size_t bytes_of(const T& value) {
    hecaton::detail::Buffer buffer;
    hecaton::detail::Writer writer(buffer);
    hecaton::detail::encode(writer, Holder<T>{value});
    return buffer.size();
}

struct Point {
    double x = 0, y = 0;
    auto operator<=>(const Point&) const = default;
};
struct Plain {
    std::string name;
    std::vector<Point> points;
    bool operator==(const Plain&) const = default;
};

class Said {
  public:
    Said() = default;
    explicit Said(std::string text) : text_(std::move(text)) {}
    auto operator<=>(const Said&) const = default;
    struct Hash {
        std::size_t operator()(const Said& said) const { return std::hash<std::string>()(said.text_); }
    };

  private:
    friend class boost::serialization::access;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& text_;
    }
    std::string text_;
};

class Counted {  // plain bytes, but for what its serialize does
  public:
    int times = 0;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& times;
        if constexpr (Archive::is_loading::value) ++times;
    }
    bool operator==(const Counted&) const = default;

  private:
    int unused_ = 0;
};

struct Around {  // plain structs with such a class in them
    std::string name;
    Said said;
    std::optional<Said> maybe;
    Said both[2];
    bool operator==(const Around&) const = default;
};
struct Fixed {
    const int number;
    const Said said;
    unsigned low : 4;
    bool operator==(const Fixed&) const = default;
};

class Made {  // by load_construct_data only
  public:
    explicit Made(int number) : number_(number) {}
    int number() const { return number_; }
    std::string text;
    auto operator<=>(const Made&) const = default;

  private:
    int number_;
};
template <class Archive>
void serialize(Archive& ar, Made& value, unsigned) {
    ar& value.text;
}
template <class Archive>
void load_construct_data(Archive&, Made* value, unsigned) {
    ::new (value) Made(5);
}

TEST_CASE("serialize: what travels by itself") {
    CHECK(held(std::optional(1.5)) == 1.5);
    CHECK(held(std::optional<Plain>()) == std::nullopt);
    CHECK(held(std::variant<int, std::string>("text")) == std::variant<int, std::string>("text"));
    CHECK(held(std::tuple(1, 2.5, std::string("x"))) == std::tuple(1, 2.5, std::string("x")));
    CHECK(held(std::pair<const int, std::string>(1, "x")).second == "x");
    CHECK(held(std::chrono::milliseconds(3)) == std::chrono::milliseconds(3));
    const auto now = std::chrono::system_clock::now();
    CHECK(held(now) == now);
    CHECK(held(std::filesystem::path("a/b")) == "a/b");
    CHECK(held(std::complex<float>(1, 2)) == std::complex<float>(1, 2));
    CHECK(held(std::bitset<70>(5)) == std::bitset<70>(5));
    CHECK(held(std::make_error_code(std::errc::io_error)) == std::errc::io_error);
    CHECK(held(std::valarray<double>{1, 2, 3}).sum() == 6);
    CHECK(held(Plain{"p", {{1, 2}, {3, 4}}}) == Plain{"p", {{1, 2}, {3, 4}}});
    CHECK(held(std::vector<bool>{true, false}) == std::vector<bool>{true, false});
    CHECK(held(std::deque<std::string>{"a", "b"}) == std::deque<std::string>{"a", "b"});
    CHECK(held(std::list<Point>{{1, 2}}) == std::list<Point>{{1, 2}});
    CHECK(held(std::array<std::string, 2>{"a", "b"}) == std::array<std::string, 2>{"a", "b"});
    CHECK(held(std::map<std::string, Plain>{{"k", {"p", {}}}}).at("k").name == "p");
    CHECK(held(std::set<int>{1, 2}) == std::set<int>{1, 2});
    CHECK(held(std::unordered_map<std::string, int>{{"k", 1}}).at("k") == 1);
    CHECK(held(std::unordered_multiset<int>{1, 1}).size() == 2);
    CHECK(held(std::wstring(L"wide")) == L"wide");
}

TEST_CASE("serialize: of what has a serialize of its own") {
    const Said a("a"), b("b");
    CHECK(held(std::vector{a, b}) == std::vector{a, b});
    CHECK(held(std::deque{a, b}) == std::deque{a, b});
    CHECK(held(std::list{a, b}) == std::list{a, b});
    CHECK(held(std::array{a, b}) == std::array{a, b});
    CHECK(held(std::map<std::string, Said>{{"k", a}, {"l", b}}).at("l") == b);
    CHECK(held(std::multimap<Said, Said>{{a, b}, {a, a}}).count(a) == 2);
    CHECK(held(std::set{a, b}) == std::set{a, b});
    CHECK(held(std::unordered_map<Said, int, Said::Hash>{{a, 1}}).at(a) == 1);
    CHECK(held(std::unordered_set<Said, Said::Hash>{a, b}).count(b) == 1);
    CHECK(held(std::optional(a)) == a);
    CHECK(held(std::optional<Said>()) == std::nullopt);
    CHECK(held(std::variant<int, Said>(a)) == std::variant<int, Said>(a));
    CHECK(held(std::tuple(a, 1)) == std::tuple(a, 1));
    CHECK(held(std::pair<const Said, const int>(a, 1)).first == a);
    CHECK(held(std::optional(std::vector{std::pair(1, a)}))->at(0).second == a);
    const Around around{"n", a, b, {a, b}};
    CHECK(held(around) == around);
    CHECK(held(std::vector{around, around}).at(1) == around);
    CHECK(held(Fixed{1, a, 3}) == Fixed{1, a, 3});
    CHECK(held(std::vector{Fixed{1, a, 3}}).at(0) == Fixed{1, a, 3});
    CHECK(held(std::valarray<Said>{a, b})[1] == b);
    CHECK(held(std::vector<std::vector<Said>>{{a}, {}, {b}}).at(2).at(0) == b);
}

struct Arrays {
    char letters[3] = {'a', 'b', 'c'};
    Point points[2][2] = {{{1, 2}, {3, 4}}, {{5, 6}, {7, 8}}};
    std::string texts[2] = {"x", "y"};
    Said said[2][1] = {{Said("a")}, {Said("b")}};
    bool flags[2] = {true, false};
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& letters& points& texts& said& flags;
    }
    bool operator==(const Arrays&) const = default;
};

TEST_CASE("serialize: arrays") {
    Arrays arrays;
    arrays.points[1][1].y = 9;
    arrays.texts[1] = "z";
    CHECK(round_trip(arrays) == arrays);
    Arrays block;
    CHECK(bytes_of(block) < sizeof(block.points) + 100);
}

TEST_CASE("serialize: of what only load_construct_data makes") {
    const Made made(5);
    CHECK(round_trip(Holder<std::vector<Made>>{{made, made}}).value.at(1) == made);
    CHECK(round_trip(Holder<std::optional<Made>>{made}).value == made);
    CHECK(round_trip(Holder<std::map<int, Made>>{{{1, made}}}).value.at(1) == made);
    CHECK(round_trip(Holder<std::set<Made>>{{made}}).value.count(made) == 1);
    CHECK(round_trip(Holder<std::variant<int, Made>>{made}).value == std::variant<int, Made>(made));
    using Pairs = std::vector<std::pair<Made, std::variant<Made, int>>>;
    CHECK(round_trip(Holder<Pairs>{{{made, made}, {made, 1}}}).value.at(1).first == made);
    CHECK(round_trip(Holder<std::vector<std::array<Made, 2>>>{{{made, made}}}).value.at(0)[1] == made);
}

struct Owner {
    std::unique_ptr<std::string> text;
    std::unique_ptr<const Plain> plain;
    std::unique_ptr<Said> said;
    std::unique_ptr<Around> around;
    std::vector<std::unique_ptr<int>> numbers;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& text& plain& said& around& numbers;
    }
};

TEST_CASE("serialize: unique pointers") {
    Owner owner;
    CHECK(round_trip(owner).text == nullptr);
    CHECK(round_trip(owner).said == nullptr);
    owner.text = std::make_unique<std::string>("t");
    owner.plain = std::make_unique<Plain>(Plain{"p", {}});
    owner.said = std::make_unique<Said>("s");
    owner.around = std::make_unique<Around>(Around{"n", Said("a"), {}, {}});
    owner.numbers.push_back(std::make_unique<int>(4));
    owner.numbers.push_back(nullptr);
    const Owner back = round_trip(owner);
    CHECK(*back.text == "t");
    CHECK(*back.plain == *owner.plain);
    CHECK(*back.said == Said("s"));
    CHECK(*back.around == *owner.around);
    CHECK(*back.numbers.at(0) == 4);
    CHECK(back.numbers.at(1) == nullptr);
}

TEST_CASE("serialize: a serialize is called, bytes are one block, and the bytes are the same whatever is included") {
    CHECK(held(std::vector<Counted>(2)).at(1).times == 1);
    CHECK(held(std::pair<Counted, int>()).first.times == 1);
    CHECK(bytes_of(std::vector<double>(1000)) < 8010);
    CHECK(bytes_of(std::vector<Point>(1000)) < 16010);
    CHECK(bytes_of(std::vector<std::complex<double>>(1000)) < 16010);
    CHECK(bytes_of(std::optional(1.5)) == 16);
    CHECK(bytes_of(std::vector{Said("a")}) == 9);
    CHECK(bytes_of(std::tuple(std::complex<float>(), std::bitset<3>(), std::chrono::seconds(), std::string("x"))) ==
          29);
}

struct Block {  // what lies behind a pointer, in one block
    std::vector<Point> points;
    std::vector<Said> said;
    std::vector<double> numbers;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        std::size_t sizes[3] = {points.size(), said.size(), numbers.size()};
        ar& sizes;
        if constexpr (Archive::is_loading::value) {
            points.resize(sizes[0]);
            said.resize(sizes[1]);
            numbers.resize(sizes[2]);
        }
        ar& boost::serialization::make_array(points.data(), points.size());
        ar& boost::serialization::make_array(said.data(), said.size());
        ar& boost::serialization::make_nvp("numbers", boost::serialization::make_array(numbers.data(), numbers.size()));
    }
    bool operator==(const Block&) const = default;
};

TEST_CASE("serialize: Boost's array wrappers") {
    const Block block{{{1, 2}, {3, 4}}, {Said("a"), Said("b")}, {1, 2, 3}};
    CHECK(round_trip(block) == block);
    CHECK(bytes_of(Block{std::vector<Point>(1000), {}, {}}) < 16100);
}

struct Pooled {
    std::pmr::monotonic_buffer_resource pool;
    std::pmr::vector<int> numbers{&pool};
    std::pmr::vector<Said> said{&pool};
    std::pmr::map<int, std::pmr::string> map{&pool};
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& numbers& said& map;
    }
    Pooled() = default;
    Pooled(const Pooled& other) { *this = other; }
    Pooled& operator=(const Pooled& other) {
        numbers = other.numbers;
        said = other.said;
        map = other.map;
        return *this;
    }
};

TEST_CASE("serialize: containers keep their memory resource") {
    Pooled pooled;
    pooled.numbers = {1, 2, 3};
    pooled.said = {Said("a")};
    pooled.map.emplace(1, "one");
    const Pooled back = round_trip(pooled);
    CHECK(back.numbers == pooled.numbers);
    CHECK(back.said == pooled.said);
    CHECK(back.map.at(1) == "one");
}

// Values that are pointed to from elsewhere in the same value stay where they were read.
struct Node {
    int number = 0;
    std::unique_ptr<Node> child;
    Node* parent = nullptr;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& number& child& parent;
    }
};
struct Graph {
    std::vector<Node> many;
    std::deque<Node> queue;
    std::map<int, Node> named;
    std::optional<Node> maybe;
    Node array[2];
    Node root;
    std::vector<Node*> all;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& many& queue& named& maybe& array& root& all;
    }
};

TEST_CASE("serialize: pointers to what lies in containers") {
    Graph graph;
    graph.many.resize(50);
    graph.queue.resize(3);
    graph.named[4].number = 40;
    graph.maybe.emplace();
    graph.root.child = std::make_unique<Node>();
    graph.root.child->number = 8;
    graph.root.child->parent = &graph.root;
    graph.all = {&graph.many[49], &graph.queue[1], &graph.named[4],        &*graph.maybe,
                 &graph.array[1], &graph.root,     graph.root.child.get(), nullptr};
    hecaton::detail::Buffer buffer;
    hecaton::detail::Writer writer(buffer);
    hecaton::detail::encode(writer, graph);
    hecaton::detail::Reader reader(buffer.bytes());
    // Where a value is moved to its members lie elsewhere: it is read into its place.
    Graph back;
    hecaton::detail::BoostReader archive(reader);
    archive >> back;
    archive.finish();
    CHECK(back.root.child->number == 8);
    CHECK(back.root.child->parent == &back.root);
    CHECK(back.all == std::vector<Node*>{&back.many[49], &back.queue[1], &back.named[4], &*back.maybe, &back.array[1],
                                         &back.root, back.root.child.get(), nullptr});
}

}  // namespace serialize_cases
