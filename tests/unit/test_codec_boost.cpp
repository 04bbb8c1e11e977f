// Every way in which a type can have a Boost.Serialization `serialize`; pointers are in test_codec_pointers.cpp. The
// codec's header comes before most of Boost's here, and after them in test_codec_hostile.cpp: both orders must do.
#include <hecaton/codec/codec.hpp>
//
#include <boost/serialization/complex.hpp>
#include <boost/serialization/map.hpp>
#include <boost/serialization/optional.hpp>
#include <boost/serialization/split_free.hpp>
#include <boost/serialization/split_member.hpp>
#include <boost/serialization/unordered_map.hpp>
#include <boost/serialization/variant.hpp>
#include <boost/serialization/vector.hpp>
#include <boost/serialization/version.hpp>
#include <complex>
#include <support/catch.hpp>
#include <support/round_trip.hpp>

using hecaton::Travels;
using hecaton::TravelsAsBytes;
using hecaton::detail::Buffer;
using hecaton::detail::Writer;
using hecaton::test::round_trip;

namespace app {

struct Public {
    std::string name;
    std::vector<double> samples;
    template <class Archive>
    void serialize(Archive& ar, const unsigned int) {
        ar& name& samples;
    }
    bool operator==(const Public&) const = default;
};

struct Hashed {
    std::unordered_map<char, char> table;
    template <class Archive>
    void serialize(Archive& ar, const unsigned int) {
        ar& table;
    }
};

class Private {
  public:
    Private() = default;
    explicit Private(std::string text) : text_(std::move(text)) {}
    bool operator==(const Private&) const = default;

  private:
    friend class boost::serialization::access;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& text_;
    }
    std::string text_;
};

class PrivateDefault {
  public:
    explicit PrivateDefault(std::string text) : text_(std::move(text)) {}
    bool operator==(const PrivateDefault&) const = default;

  private:
    friend class boost::serialization::access;
    PrivateDefault() = default;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& text_;
    }
    std::string text_;
};

struct Final final {
    std::string text;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& text;
    }
    bool operator==(const Final&) const = default;
};

struct ByAdl {
    std::string text;
    bool operator==(const ByAdl&) const = default;
};
template <class Archive>
void serialize(Archive& ar, ByAdl& value, const unsigned int) {
    ar& value.text;
}

struct ByAdlFinal final {
    std::string text;
    bool operator==(const ByAdlFinal&) const = default;
};
template <class Archive>
void serialize(Archive& ar, ByAdlFinal& value, unsigned) {
    ar& value.text;
}

struct Foreign {
    std::string text;
    bool operator==(const Foreign&) const = default;
};
template <class T>
struct ForeignTemplate {
    std::vector<T> values;
    bool operator==(const ForeignTemplate&) const = default;
};

enum class Wide : std::uint64_t { big = std::uint64_t{1} << 60 };

struct SplitMember {
    std::string text;
    Wide wide{};
    char letters[3] = {'a', 'b', 'c'};
    template <class Archive>
    void save(Archive& ar, unsigned version) const {
        ar << text << wide << letters << version;
    }
    template <class Archive>
    void load(Archive& ar, unsigned version) {
        unsigned stored = 0;
        ar >> text >> wide >> letters >> stored;
        if (stored != version) throw std::runtime_error("version");
    }
    BOOST_SERIALIZATION_SPLIT_MEMBER()
    bool operator==(const SplitMember& other) const { return text == other.text && wide == other.wide; }
};

struct SplitFree {
    std::string text;
    bool operator==(const SplitFree&) const = default;
};

struct Bytes {  // trivially copyable: its serialize is not called
    int number;
    template <class Archive>
    void serialize(Archive&, unsigned) {
        throw std::logic_error("not to be called");
    }
};

struct Nothing {  // writes no byte
    Nothing() = default;
    Nothing(const Nothing&) {}
    Nothing& operator=(const Nothing&) = default;
    template <class Archive>
    void serialize(Archive&, unsigned) {}
    bool operator==(const Nothing&) const { return true; }
};

struct Nothings {
    std::vector<Nothing> all;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& all;
    }
};

class Constructed {
  public:
    explicit Constructed(int number) : number_(number) {}
    int number() const { return number_; }
    std::string text;
    bool operator==(const Constructed&) const = default;

  private:
    int number_;
};
template <class Archive>
void serialize(Archive& ar, Constructed& value, unsigned) {
    ar& value.text;
}
template <class Archive>
void save_construct_data(Archive& ar, const Constructed* value, unsigned) {
    const int number = value->number();
    ar << number;
}
template <class Archive>
void load_construct_data(Archive& ar, Constructed* value, unsigned) {
    int number = 0;
    ar >> number;
    ::new (value) Constructed(number);
}

class HasNoSerialize {
    std::string text_;
};
class Unrelated {
    std::string text_;
    void serialise();
};

}  // namespace app

namespace boost::serialization {
template <class Archive>
void serialize(Archive& ar, app::Foreign& value, const unsigned int) {
    ar& value.text;
}
template <class Archive, class T>
void serialize(Archive& ar, app::ForeignTemplate<T>& value, const unsigned int) {
    ar& value.values;
}
template <class Archive>
void save(Archive& ar, const app::SplitFree& value, const unsigned int) {
    ar << value.text;
}
template <class Archive>
void load(Archive& ar, app::SplitFree& value, const unsigned int) {
    ar >> value.text;
}
}  // namespace boost::serialization

BOOST_SERIALIZATION_SPLIT_FREE(app::SplitFree)
BOOST_CLASS_VERSION(app::SplitMember, 3)

namespace app {

static_assert(Travels<Public> && Travels<Private> && Travels<Final> && Travels<ByAdl> && Travels<ByAdlFinal>);
static_assert(Travels<Foreign> && Travels<ForeignTemplate<double>> && Travels<SplitMember> && Travels<SplitFree>);
static_assert(Travels<Nothing> && Travels<Constructed> && Travels<PrivateDefault>);
static_assert(Travels<Bytes> && TravelsAsBytes<Bytes> && !TravelsAsBytes<Public>);
static_assert(Travels<std::vector<std::map<std::string, Private>>>);
static_assert(!Travels<HasNoSerialize> && !Travels<std::vector<HasNoSerialize>> && !Travels<Unrelated>);
static_assert(!Travels<std::vector<Public*>>);

}  // namespace app

TEST_CASE("members and functions") {
    using namespace app;
    const Public value{"name", {1, 2, 3}};
    CHECK(round_trip(value) == value);
    CHECK(round_trip(Private("x")) == Private("x"));
    CHECK(round_trip(std::optional(PrivateDefault("x"))) == PrivateDefault("x"));
    CHECK(round_trip(Final{"x"}) == Final{"x"});
    CHECK(round_trip(ByAdl{"x"}) == ByAdl{"x"});
    CHECK(round_trip(ByAdlFinal{"x"}) == ByAdlFinal{"x"});
    CHECK(round_trip(Foreign{"x"}) == Foreign{"x"});
    CHECK(round_trip(ForeignTemplate<double>{{1, 2}}) == ForeignTemplate<double>{{1, 2}});
    CHECK(round_trip(ForeignTemplate<std::complex<float>>{{{1, 2}}}) == ForeignTemplate<std::complex<float>>{{{1, 2}}});
    const SplitMember split{"x", Wide::big};
    CHECK(round_trip(split) == split);
    CHECK(round_trip(SplitFree{"x"}) == SplitFree{"x"});
    CHECK(round_trip(Bytes{4}).number == 4);
    CHECK(round_trip(std::vector(3, Nothing())).size() == 3);
    CHECK(round_trip(Nothings{std::vector<Nothing>(1000)}).all.size() == 1000);
}

TEST_CASE("a type that only load_construct_data can make") {
    app::Constructed value(5);
    value.text = "five";
    CHECK(round_trip(value) == value);
    CHECK(round_trip(std::vector{value, value})[1] == value);
}

TEST_CASE("inside of the standard library's types") {
    using namespace app;
    const std::map<std::string, std::vector<std::optional<Public>>> value{{"k", {Public{"name", {1, 2}}, {}}},
                                                                          {"l", {}}};
    CHECK(round_trip(value) == value);
    const std::tuple<Private, std::variant<std::monostate, SplitFree>> other{Private("x"), SplitFree{"y"}};
    CHECK(round_trip(other) == other);
}

TEST_CASE("a vector inside is one block of bytes") {
    Buffer buffer;
    Writer writer(buffer);
    hecaton::detail::encode(writer, app::Public{"n", std::vector<double>(1000)});
    CHECK(buffer.size() < 8000 + 32);
}

TEST_CASE("a hashed container may have more buckets than there are bytes") {
    app::Hashed value;
    value.table = {{'a', 'b'}};
    CHECK(round_trip(value).table == value.table);
    value.table.reserve(100'000);
    CHECK(round_trip(value).table == value.table);
    CHECK(round_trip(value).table.bucket_count() < 100'000);
}
