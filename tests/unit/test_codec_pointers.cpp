// Pointers through Boost.Serialization: to a base class, shared ones, and types that contain themselves.
#include <hecaton/codec/codec.hpp>
//
#include <boost/serialization/base_object.hpp>
#include <boost/serialization/export.hpp>
#include <boost/serialization/shared_ptr.hpp>
#include <boost/serialization/string.hpp>
#include <boost/serialization/weak_ptr.hpp>
#include <map>
#include <memory>
#include <optional>
#include <support/catch.hpp>
#include <support/round_trip.hpp>
#include <thread>

using hecaton::Travels;
using hecaton::detail::Buffer;
using hecaton::detail::Reader;
using hecaton::detail::Writer;
using hecaton::test::round_trip;

namespace app {

struct Shape {
    virtual ~Shape() = default;
    virtual double area() const = 0;
    template <class Archive>
    void serialize(Archive&, unsigned) {}
};
struct Square : Shape {
    double side = 0;
    double area() const override { return side * side; }
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& boost::serialization::base_object<Shape>(*this) & side;
    }
};
struct Circle : Shape {
    double radius = 0;
    std::string name;
    double area() const override { return 3 * radius * radius; }
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& boost::serialization::base_object<Shape>(*this) & radius& name;
    }
};
struct Drawing {
    std::vector<std::shared_ptr<Shape>> shapes;
    std::unique_ptr<Shape> frame;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& shapes& frame;
    }
};

struct Node {
    int number = 0;
    std::vector<Node> children;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& number& children;
    }
};

struct Chain {
    std::unique_ptr<Chain> next;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& next;
    }
    Chain() = default;
    Chain(Chain&&) = default;
    Chain& operator=(Chain&&) = default;
    ~Chain() {
        while (next) next = std::move(next->next);
    }
};

struct Grid {  // a plain struct
    std::string name;
    std::vector<int> cells;
    bool operator==(const Grid&) const = default;
};
struct Sharing {
    std::vector<std::shared_ptr<Grid>> grids;
    std::map<std::string, std::weak_ptr<Grid>> named;
    std::optional<std::shared_ptr<std::vector<int>>> numbers;
    std::vector<Square> squares;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& grids& named& numbers& squares;
    }
};

static_assert(Travels<Drawing> && Travels<Chain> && Travels<std::shared_ptr<Square>>);
static_assert(!Travels<Shape> && !Travels<Shape*>);

}  // namespace app

BOOST_CLASS_EXPORT(app::Square)
BOOST_CLASS_EXPORT(app::Circle)

TEST_CASE("pointers to a base class") {
    app::Drawing drawing;
    auto square = std::make_shared<app::Square>();
    square->side = 2;
    auto circle = std::make_shared<app::Circle>();
    circle->radius = 1;
    circle->name = std::string(1, 'c');
    drawing.shapes = {square, circle, square, nullptr};
    drawing.frame = std::make_unique<app::Circle>();
    const auto back = round_trip(drawing);
    REQUIRE(back.shapes.size() == 4);
    CHECK(back.shapes[0]->area() == 4);
    CHECK(dynamic_cast<app::Circle&>(*back.shapes[1]).name == "c");
    CHECK(back.shapes[2] == back.shapes[0]);
    CHECK(back.shapes[3] == nullptr);
    CHECK(dynamic_cast<app::Circle*>(back.frame.get()) != nullptr);
    std::vector<app::Drawing> drawings(2);
    CHECK(round_trip(drawings).size() == 2);
}

TEST_CASE("shared pointers to what has no serialize") {
    app::Sharing sharing;
    sharing.grids = {std::make_shared<app::Grid>(app::Grid{"g", {1, 2}}), nullptr};
    sharing.grids.push_back(sharing.grids[0]);
    sharing.named["k"] = sharing.grids[0];
    sharing.numbers = std::make_shared<std::vector<int>>(3, 7);
    sharing.squares.resize(2);
    sharing.squares[1].side = 3;
    const auto back = round_trip(sharing);
    CHECK(*back.grids.at(0) == *sharing.grids[0]);
    CHECK(back.grids.at(1) == nullptr);
    CHECK(back.grids.at(2) == back.grids[0]);
    CHECK(back.named.at("k").lock() == back.grids[0]);
    CHECK(**back.numbers == std::vector<int>(3, 7));
    CHECK(back.squares.at(1).side == 3);
}

TEST_CASE("a unique pointer to a base class, outside of a serialize") {
    struct Framed {
        std::string name;
        std::unique_ptr<app::Shape> shape;
    };
    Framed framed{"f", nullptr};
    CHECK(round_trip(framed).shape == nullptr);
    auto circle = std::make_unique<app::Circle>();
    circle->radius = 2;
    framed.shape = std::move(circle);
    CHECK(round_trip(framed).shape->area() == 12);
}

TEST_CASE("a type that nobody exported is an error") {
    struct Secret : app::Square {};
    app::Drawing drawing;
    drawing.frame = std::make_unique<Secret>();
    Buffer buffer;
    Writer writer(buffer);
    CHECK_THROWS_AS(hecaton::detail::encode(writer, drawing), std::exception);
}

TEST_CASE("recursive types go as deep as the stack allows, and not deeper") {
    app::Node root;
    root.children.resize(3);
    root.children[1].children.resize(2);
    root.children[1].children[1].number = 9;
    CHECK(round_trip(root).children[1].children[1].number == 9);

    app::Chain shallow;
    for (int i = 0; i < 200; ++i) {
        app::Chain longer;
        longer.next = std::make_unique<app::Chain>(std::move(shallow));
        shallow = std::move(longer);
    }
    Buffer buffer;
    Writer writer(buffer);
    hecaton::detail::encode(writer, shallow);
    Reader reader(buffer.bytes());
    CHECK(hecaton::detail::decode<app::Chain>(reader).next != nullptr);

    app::Chain deep;
    for (int i = 0; i < 200'000; ++i) {
        auto longer = std::make_unique<app::Chain>();
        longer->next = std::move(deep.next);
        deep.next = std::move(longer);
    }
    CHECK_THROWS_AS(hecaton::detail::encode(writer, deep), std::length_error);
    std::thread([&] { CHECK_THROWS_AS(hecaton::detail::encode(writer, deep), std::length_error); }).join();
}
