// What `ar & member` takes without Boost's headers, and the types of the standard library that the codec knows by name.
#include <bitset>
#include <chrono>
#include <filesystem>
#include <fuzz/values.hpp>
#include <memory>
#include <system_error>
#include <valarray>

namespace hecaton::fuzz {

struct Said {
    std::string text;
    template <class Archive>
    void serialize(Archive& archive, unsigned) {
        archive& text;
    }
    auto operator<=>(const Said&) const = default;
};

struct Around {
    std::string name;
    std::vector<Said> said;
    bool flags[2] = {};
};
struct Fixed {
    const bool flag = false;
    const std::optional<Said> said;
};

struct Parts {
    std::vector<Said> vector;
    std::list<Said> list;
    std::array<Said, 2> array;
    std::map<std::string, Said> map;
    std::set<Said> set;
    std::optional<Said> optional;
    std::variant<int, bool, Said> variant;
    std::pair<const int, const Said> pair{};
    std::tuple<bool, Said> tuple;
    std::unique_ptr<Around> pointer;
    std::vector<Around> arounds;
    std::vector<Fixed> fixed;
    std::vector<bool> bits;
    std::filesystem::path path;
    std::valarray<int> numbers;
    bool raw[2][2] = {};
    template <class Archive>
    void serialize(Archive& archive, unsigned) {
        archive& vector& list& array& map& set& optional& variant& pair& tuple& pointer;
        archive& arounds& fixed& bits& path& numbers& raw;
    }
};

struct Owned {
    std::vector<std::unique_ptr<Said>> said;
    std::vector<Said> values;
    Said* first = nullptr;
    template <class Archive>
    void serialize(Archive& archive, unsigned) {
        archive& said& values& first;
    }
};

struct Standard {
    std::filesystem::path path;
    std::error_code code;
    std::bitset<70> bits;
    std::valarray<std::string> texts;
    std::unique_ptr<Standard> next;
    std::chrono::seconds limit{};
};

void run(std::span<const std::byte> bytes) { decode_one_of<Parts, Ambiguous<Owned>, Standard>(bytes); }

std::vector<std::string> seeds() {
    const Said a{"a"}, b{"b"};
    Parts parts;
    parts.vector = {a, b};
    parts.list = {b};
    parts.map = {{"k", a}};
    parts.set = {a, b};
    parts.optional = a;
    parts.variant = b;
    parts.pointer = std::make_unique<Around>(Around{"n", {a}, {true, false}});
    parts.arounds.push_back(*parts.pointer);
    parts.fixed.push_back({true, a});
    parts.bits = {true, false, true};
    parts.path = "a/b";
    parts.numbers = {1, 2};
    Owned owned;
    owned.said.push_back(std::make_unique<Said>(a));
    owned.said.push_back(nullptr);
    owned.values = {a, b};
    owned.first = owned.said[0].get();
    Standard standard{"p", std::make_error_code(std::errc::io_error), 5, {"x", "y"}, nullptr, {}};
    standard.next = std::make_unique<Standard>();
    return one_seed_each(parts, owned, standard);
}

}  // namespace hecaton::fuzz
