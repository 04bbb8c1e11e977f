// Plain structs: how many members they have, what travels in them, and what is refused.
#include <coroutine>
#include <functional>
#include <hecaton/codec/codec.hpp>
#include <list>
#include <memory>
#include <memory_resource>
#include <source_location>
#include <support/catch.hpp>
#include <support/round_trip.hpp>
#include <system_error>
#include <thread>
#include <typeindex>

using hecaton::Travels;
using hecaton::TravelsAsBytes;
using hecaton::detail::Buffer;
using hecaton::detail::census;
using hecaton::detail::Layout;
using hecaton::detail::members_of;
using hecaton::detail::Parts;
using hecaton::detail::Reader;
using hecaton::detail::recursive;
using hecaton::detail::Refusal;
using hecaton::detail::refusal;
using hecaton::detail::Writer;
using hecaton::test::round_trip;

namespace {

class NoDefault {
  public:
    explicit NoDefault(int number) : number_(number) {}
    bool operator==(const NoDefault&) const = default;

  private:
    int number_;
};

struct ExplicitDefault {
    explicit ExplicitDefault(int value = 1) : number(value) {}
    int number;
    bool operator==(const ExplicitDefault&) const = default;
};

struct Grid {
    std::vector<int> cells;
    double step = 0.5;
    bool operator==(const Grid&) const = default;
};
struct Case {
    std::string name;
    double x;
    Grid grid;
    std::optional<double> guess;
    bool operator==(const Case&) const = default;
};
struct Arrays {
    std::string text;
    char name[300];
    double table[4][16];
    Grid grids[2];
    bool flags[3];
    bool operator==(const Arrays&) const = default;
};
struct Constant {
    const int number;
    const std::string text;
    bool operator==(const Constant&) const = default;
};
struct Unmade {  // members without a default
    std::string text;
    NoDefault first;
    int number;
    ExplicitDefault second;
    NoDefault third;
    bool operator==(const Unmade&) const = default;
};
struct Given {
    int number = 3;
    NoDefault given{4};
    std::string text = "text";
    bool operator==(const Given&) const = default;
};
struct Bits {
    int small : 3;
    unsigned wide : 20;
    int : 5;
    std::string text;
    bool flag : 1;
    bool operator==(const Bits&) const = default;
};
struct Tree {
    int number;
    std::vector<Tree> children;
    bool operator==(const Tree&) const = default;
};
struct Bush {
    std::vector<Bush> children;
};
struct Nothing {
    ~Nothing() {}
    bool operator==(const Nothing&) const { return true; }
};
struct Standard {
    std::map<std::string, Grid> map;
    std::unordered_map<int, std::string> hashed;
    std::set<int> set;
    std::tuple<int, std::string> tuple;
    std::pair<const int, std::string> pair;
    std::array<std::string, 3> array;
    std::variant<int, std::string> variant;
    std::vector<bool> bits;
    std::deque<Grid> deque;
    bool operator==(const Standard&) const = default;
};
#define EIGHT(x) x##0, x##1, x##2, x##3, x##4, x##5, x##6, x##7
struct Most {  // 64 members
    std::string text;
    int EIGHT(a), EIGHT(b), EIGHT(c), EIGHT(d), EIGHT(e), EIGHT(f), EIGHT(g), h0, h1, h2, h3, h4, h5, h6;
    bool operator==(const Most&) const = default;
};
struct More {
    Most most;
    int EIGHT(a), EIGHT(b), EIGHT(c), EIGHT(d), EIGHT(e), EIGHT(f), EIGHT(g), EIGHT(h);
};
struct MorePlain {
    int EIGHT(a), EIGHT(b), EIGHT(c), EIGHT(d), EIGHT(e), EIGHT(f), EIGHT(g), EIGHT(h), more;
};
struct MorePointers {
    int EIGHT(a), EIGHT(b), EIGHT(c), EIGHT(d), EIGHT(e), EIGHT(f), EIGHT(g), EIGHT(h);
    const int* more;
};
struct Plain {
    int number;
    double values[3];
    std::optional<int> maybe;
    bool operator==(const Plain&) const = default;
};
struct Derived : Plain {
    int other;
};
struct DerivedText : Plain {
    std::string text;
};
union Either {
    int number;
    double other;
};
struct Anonymous {
    int which;
    union {
        int number;
        double other;
    };
};
template <class T>
struct Holds {
    int number;
    T value;
};
struct DerivedPointer : Holds<const int*> {
    int other;
};
struct Address {  // says itself how it travels, and is trivially copyable
    const int* place;
    int number;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& number;
    }
};
struct Endless {
    std::vector<Endless> children;
    int* pointer;
};

template <class T>
constexpr std::size_t count = census<T>.members;
template <class T>
constexpr Layout layout = census<T>.layout;

static_assert(count<Grid> == 2 && count<Case> == 4 && count<Arrays> == 5 && count<Constant> == 2 && count<Unmade> == 5);
static_assert(count<Given> == 3 && count<Bits> == 4 && count<Tree> == 2 && count<Bush> == 1 && count<Standard> == 9);
static_assert(count<Most> == 64 && count<Nothing> == 0);
static_assert(layout<More> == Layout::unknown && layout<MorePlain> == Layout::unknown);
static_assert(layout<Derived> == Layout::base && layout<DerivedText> == Layout::base);
static_assert(layout<Either> == Layout::with_union && layout<Anonymous> == Layout::with_union);
static_assert(layout<Holds<Either>> == Layout::with_union && layout<Holds<Anonymous>> == Layout::members);
static_assert(std::is_same_v<members_of<Constant>, Parts<const int, const std::string>>);
static_assert(std::is_same_v<members_of<Holds<const int&>>, Parts<int, const int&>>);
static_assert(std::is_same_v<members_of<Bits>, Parts<int, unsigned, std::string, bool>>);
static_assert(recursive<Tree> && recursive<Bush> && !recursive<Case>);

static_assert(Travels<Case> && Travels<Arrays> && Travels<Constant> && Travels<Unmade> && Travels<Given>);
static_assert(Travels<Bits> && Travels<Tree> && Travels<Bush> && Travels<Nothing> && Travels<Standard>);
static_assert(Travels<std::map<int, std::vector<Case>>> && Travels<Holds<Holds<std::string>[2]>>);
static_assert(TravelsAsBytes<Plain> && TravelsAsBytes<Derived> && TravelsAsBytes<MorePlain> && Travels<Most>);
static_assert(TravelsAsBytes<std::array<Plain, 2>> && !TravelsAsBytes<Case>);
static_assert(Travels<Address> && !TravelsAsBytes<Address> && Travels<Holds<Address>>);
static_assert(!TravelsAsBytes<Holds<Address>>);

template <class T>
constexpr Refusal inside = refusal<Holds<T>>();
static_assert(inside<int*> == Refusal::pointer && inside<int (*)(int)> == Refusal::pointer);
static_assert(inside<int Plain::*> == Refusal::pointer && inside<std::nullptr_t> == Refusal::pointer);
static_assert(inside<const char*> == Refusal::text_pointer && inside<char* const> == Refusal::text_pointer);
static_assert(inside<const char* [2]> == Refusal::text_pointer && inside<Holds<const char*>[2]> == inside<char*>);
static_assert(inside<std::optional<char*>> == Refusal::text_pointer && inside<std::array<int*, 2>> == inside<int*>);
static_assert(inside<std::string_view> == Refusal::view && inside<std::span<int>> == Refusal::view);
static_assert(inside<std::reference_wrapper<int>> == Refusal::view && inside<const int&> == Refusal::view);
static_assert(inside<std::pair<int, std::string_view>> == Refusal::view);
static_assert(inside<std::vector<int>::iterator> == Refusal::iterator);
static_assert(inside<std::list<int>::const_iterator> == Refusal::iterator);
static_assert(inside<std::error_condition> == Refusal::local && inside<std::type_index> == Refusal::local);
static_assert(inside<std::thread::id> == Refusal::local && inside<std::coroutine_handle<>> == Refusal::local);
static_assert(inside<std::pmr::polymorphic_allocator<>> == Refusal::local);
static_assert(inside<std::pmr::vector<int>> == Refusal::allocator && inside<std::pmr::string> == Refusal::allocator);
#ifdef __cpp_lib_source_location
static_assert(inside<std::source_location> == Refusal::local);
#endif
static_assert(refusal<std::error_condition>() == Refusal::local && refusal<std::thread::id>() == Refusal::local);
static_assert(inside<Either> == Refusal::with_union && refusal<Anonymous>() == Refusal::with_union);
static_assert(inside<Anonymous> == Refusal::with_union && refusal<Either>() == Refusal::with_union);
static_assert(refusal<DerivedText>() == Refusal::base && refusal<DerivedPointer>() == Refusal::base);
static_assert(refusal<More>() == Refusal::members && refusal<MorePointers>() == Refusal::members);
static_assert(refusal<Endless>() == Refusal::pointer && inside<std::function<int()>> == Refusal::standard);
static_assert(inside<NoDefault[2]> == Refusal::none && inside<const std::string[2]> == Refusal::assembly);

template <class T>
Buffer encoded(const T& value) {
    Buffer buffer;
    Writer writer(buffer);
    hecaton::detail::encode(writer, value);
    return buffer;
}

}  // namespace

TEST_CASE("structs of what travels") {
    const Case one{"a", 1.5, {{1, 2}, 0.25}, {}};
    CHECK(round_trip(one) == one);
    const std::map<int, std::vector<Case>> many{{1, {one, one}}, {2, {}}};
    CHECK(round_trip(many) == many);
    const Standard all{{{"k", {{1}, 2}}}, {{1, "x"}}, {1, 2}, {3, "t"}, {4, "p"}, {"a", "b", "c"}, "v", {true}, {{}}};
    CHECK(round_trip(all) == all);
    Most most{};
    most.text = "first";
    most.h6 = 64;
    CHECK(round_trip(most) == most);
    static_assert(!TravelsAsBytes<Nothing>);
    CHECK(round_trip(std::vector<Nothing>(3)).size() == 3);
    const Holds<std::vector<std::string>> held{1, {"x"}};
    CHECK(round_trip(held).value == held.value);
}

TEST_CASE("structs with arrays, constants, bit-fields, and members without a default") {
    const Arrays arrays{"text", "name", {{1, 2}, {3}}, {{{1}, 2}, {}}, {true, false, true}};
    CHECK(round_trip(arrays) == arrays);
    const Constant constant{1, "text"};
    CHECK(round_trip(constant) == constant);
    const std::vector<Constant> constants{constant, constant};
    CHECK(round_trip(constants) == constants);
    const Unmade unmade{"text", NoDefault(1), 2, ExplicitDefault(3), NoDefault(4)};
    CHECK(round_trip(unmade) == unmade);
    const Given given{};
    CHECK(round_trip(given) == given);
    const Bits bits{-2, 70'000, "text", true};
    CHECK(round_trip(bits) == bits);
}

TEST_CASE("a struct of plain bytes goes as its bytes, in place") {
    const Plain plain{1, {1, 2, 3}, 4};
    CHECK(round_trip(plain) == plain);
    CHECK(encoded(plain).size() == sizeof(Plain));
    CHECK(encoded(std::vector<Plain>(100)).size() == 1 + 100 * sizeof(Plain));
    const Derived derived{plain, 5};
    CHECK(round_trip(derived).other == 5);
    MorePlain more{};
    more.more = 65;
    CHECK(round_trip(more).more == 65);
}

TEST_CASE("a struct with a pointer that says itself how it travels does") {
    const int here = 1;
    CHECK(round_trip(Address{&here, 5}).number == 5);
    CHECK(round_trip(Address{&here, 5}).place == nullptr);
    CHECK(round_trip(Holds<Address>{4, {&here, 6}}).value.number == 6);
}

TEST_CASE("recursive structs go as deep as the stack allows, and not deeper") {
    Tree root{1, {{2, {}}, {3, {{4, {}}}}}};
    CHECK(round_trip(root) == root);

    Tree deep{0, {}};
    for (int i = 0; i < 1'000'000; ++i) {
        Tree above{i, {}};
        above.children.push_back(std::move(deep));
        deep = std::move(above);
    }
    Buffer buffer;
    Writer writer(buffer);
    CHECK_THROWS_AS(hecaton::detail::encode(writer, deep), std::length_error);
    while (!deep.children.empty()) {  // its destructor would go as deep
        std::vector<Tree> below = std::move(deep.children);
        deep = std::move(below[0]);
    }

    const std::vector<std::byte> ones(3'000'000, std::byte{1});  // each a Bush with one child
    Reader reader(ones);
    CHECK_THROWS_WITH(hecaton::detail::decode<Bush>(reader), ContainsSubstring("nested too deeply"));
}
