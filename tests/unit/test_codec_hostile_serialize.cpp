// As test_codec_hostile.cpp, for what `ar & member` takes without Boost's headers, and for the types of the standard
// library that are neither bytes nor containers.
#include <bitset>
#include <chrono>
#include <complex>
#include <filesystem>
#include <hecaton/codec/codec.hpp>
#include <memory>
#include <support/attack.hpp>
#include <valarray>

namespace app {

struct Said {
    std::string text = "said";
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& text;
    }
    auto operator<=>(const Said&) const = default;
};

struct Around {
    std::string name;
    std::vector<Said> said;
    bool flags[2];
};
struct Fixed {
    const bool flag;
    const std::optional<Said> said;
};

struct Everything {
    std::vector<Said> vector{2};
    std::deque<Said> deque{1};
    std::list<Said> list{1};
    std::array<Said, 2> array;
    std::map<std::string, Said> map{{"k", {}}, {"l", {}}};
    std::unordered_multimap<int, Said> hashed{{1, {}}, {1, {}}};
    std::set<Said> set{Said{"a"}, Said{"b"}};
    std::optional<Said> optional{Said{}};
    std::variant<int, bool, Said> variant{Said{}};
    std::pair<const int, const Said> pair{};
    std::tuple<bool, Said> tuple{};
    std::unique_ptr<Around> pointer = std::make_unique<Around>();
    std::vector<Around> arounds{{"a", {Said{}}, {true, false}}};
    std::vector<Fixed> fixed{{true, Said{}}};
    std::vector<bool> bits{true, false, true};
    std::vector<std::array<bool, 3>> flags{1};
    std::filesystem::path path = "a/b";
    std::chrono::seconds limit{1};
    std::valarray<double> numbers{1, 2};
    bool raw[2][2] = {};
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& vector& deque& list& array& map& hashed& set& optional& variant& pair& tuple& pointer;
        ar& arounds& fixed& bits& flags& path& limit& numbers& raw;
    }
};

struct Owned {  // through the archive's pointers
    std::vector<std::unique_ptr<Said>> said;
    std::vector<Said> values{3};
    Said* first = nullptr;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& said& values& first;
    }
};

struct Chain {
    std::string text;
    std::unique_ptr<Chain> next;
};

struct Large {
    std::array<std::string, 40> texts;
    std::array<double, 100> numbers{};
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& texts;
    }
};
struct Many {
    std::vector<Large> all{2};
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& all;
    }
};

}  // namespace app

using hecaton::detail::Reader;
using hecaton::test::attack;
using hecaton::test::Bytes;
using hecaton::test::encoded;
using hecaton::test::survives;

TEST_CASE("hostile bytes: the standard library") {
    attack(std::filesystem::path("a/b"));
    attack(std::filesystem::directory_entry("."));
    attack(std::make_error_code(std::errc::io_error));
    attack(std::bitset<70>(5));
    attack(std::vector<std::bitset<3>>{1, 2});
    attack(std::complex<double>(1, 2));
    attack(std::chrono::milliseconds(3));
    attack(std::make_unique<std::string>("text"));
    attack(std::vector<std::unique_ptr<int>>(2));
    attack(std::valarray<int>{1, 2});
    attack(std::valarray<std::string>{"a", "b"});
    app::Chain chain{"a", std::make_unique<app::Chain>()};
    attack(chain);
}

TEST_CASE("hostile bytes: what a serialize takes") {
    attack(app::Everything());
    attack(app::Many());
}

TEST_CASE("hostile bytes: what a serialize takes, with pointers") {
    app::Owned owned;
    owned.said.push_back(std::make_unique<app::Said>());
    owned.said.push_back(nullptr);
    owned.first = &owned.values[1];
    attack(owned);
    const Bytes good = encoded(owned);
    for (std::size_t i = 0; i < good.size(); ++i) {  // the checksum covers every byte
        Bytes bad = good;
        bad[i] ^= std::byte{0x10};
        CHECK_FALSE(survives<app::Owned>(bad));
    }
}

TEST_CASE("hostile bytes: bits that a bitset does not have") {
    const Bytes bytes(8, std::byte{0xFF});
    Reader reader(bytes);
    CHECK_THROWS_WITH(hecaton::detail::decode<std::bitset<3>>(reader), ContainsSubstring("bitset"));
}

TEST_CASE("hostile bytes: pointers without end") {
    const Bytes deep = [] {
        Bytes ones(3'000'000);
        for (std::size_t i = 1; i < ones.size(); i += 2) ones[i] = std::byte{1};
        return ones;
    }();
    Reader reader(deep);
    CHECK_THROWS_WITH(hecaton::detail::decode<app::Chain>(reader), ContainsSubstring("nested too deeply"));
}
