// Types of the standard library that are neither bytes nor containers of what travels.
#include <bitset>
#include <chrono>
#include <complex>
#include <filesystem>
#include <hecaton/codec/codec.hpp>
#include <memory>
#include <mutex>
#include <support/catch.hpp>
#include <support/round_trip.hpp>
#include <system_error>
#include <thread>
#include <valarray>

using hecaton::Travels;
using hecaton::TravelsAsBytes;
using hecaton::detail::Buffer;
using hecaton::detail::decode;
using hecaton::detail::encode;
using hecaton::detail::Reader;
using hecaton::detail::Refusal;
using hecaton::detail::refusal;
using hecaton::detail::Writer;
using hecaton::test::round_trip;

namespace app {

class Shape {
  public:
    virtual ~Shape() = default;
    virtual double area() const = 0;
    template <class Archive>
    void serialize(Archive&, unsigned) {}
};

struct Failed {  // trivially copyable, but for an address
    int number;
    std::error_code code;
};

struct Tree {
    std::string text;
    std::unique_ptr<Tree> left, right;
};

class Locked {  // can be neither copied nor moved
  public:
    int number = 0;
    std::string text;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& number& text;
    }

  private:
    std::mutex mutex_;
};

struct Words : std::error_category {
    const char* name() const noexcept override { return "app words"; }
    std::string message(int) const override { return "no word"; }
};

static_assert(Travels<std::unique_ptr<Shape>> && !Travels<Shape>);
static_assert(Travels<Failed> && !TravelsAsBytes<Failed> && !TravelsAsBytes<std::error_code>);
static_assert(TravelsAsBytes<std::complex<double>> && TravelsAsBytes<std::chrono::system_clock::time_point>);
static_assert(refusal<std::unique_ptr<int[]>>() == Refusal::standard);
static_assert(refusal<std::unique_ptr<int, void (*)(int*)>>() == Refusal::standard);
static_assert(refusal<std::unique_ptr<int*>>() == Refusal::pointer);
static_assert(refusal<std::shared_ptr<int>>() == Refusal::shared_pointer);
static_assert(refusal<std::vector<std::thread>>() == Refusal::standard);
static_assert(refusal<std::error_condition>() == Refusal::local);

}  // namespace app

TEST_CASE("paths and directory entries") {
    using std::filesystem::path;
    CHECK(round_trip(path("a/b c")) == "a/b c");
    CHECK(round_trip(path()).empty());
    CHECK(round_trip(std::vector<path>{"a", "b"}).at(1) == "b");
    const std::filesystem::directory_entry here(".");
    CHECK(round_trip(here) == here);
    CHECK(round_trip(here).is_directory());
    std::filesystem::directory_entry missing;
    std::error_code error;
    missing.assign("/nowhere/at/all", error);
    CHECK(round_trip(missing).path() == "/nowhere/at/all");
    CHECK_FALSE(round_trip(missing).exists(error));
}

TEST_CASE("error codes keep their category") {
    CHECK(round_trip(std::error_code()) == std::error_code());
    CHECK(round_trip(std::make_error_code(std::errc::io_error)) == std::errc::io_error);
    CHECK(round_trip(std::error_code(2, std::system_category())) == std::errc::no_such_file_or_directory);
    CHECK(round_trip(std::make_error_code(std::io_errc::stream)) == std::io_errc::stream);
    const auto failed = round_trip(std::vector<app::Failed>{{1, std::make_error_code(std::errc::io_error)}});
    CHECK(failed.at(0).number == 1);
    CHECK(failed.at(0).code == std::errc::io_error);
    CHECK(round_trip(std::tuple(1, std::error_code(3, std::generic_category()))) ==
          std::tuple(1, std::error_code(3, std::generic_category())));
}

TEST_CASE("an unknown category is named") {
    const app::Words words;
    Buffer buffer;
    Writer writer(buffer);
    encode(writer, std::error_code(1, words));
    Reader reader(buffer.bytes());
    CHECK_THROWS_WITH(decode<std::error_code>(reader), ContainsSubstring("error_code of the category \"app words\""));
}

TEST_CASE("numbers of all kinds") {
    CHECK(round_trip(std::complex<float>(1, 2)) == std::complex<float>(1, 2));
    CHECK(round_trip(std::vector<std::complex<double>>{{1, 2}, {3, 4}}).at(1) == std::complex<double>(3, 4));
    CHECK(round_trip(std::bitset<100>().set(99)) == std::bitset<100>().set(99));
    CHECK(round_trip(std::vector<std::bitset<3>>{5, 2}).at(0) == 5);
    CHECK(round_trip(std::chrono::nanoseconds(5)) == std::chrono::nanoseconds(5));
    const auto now = std::chrono::steady_clock::now();
    CHECK(round_trip(now) == now);
    using namespace std::chrono_literals;
    CHECK(round_trip(std::chrono::year_month_day(2024y / 2 / 29)) == 2024y / 2 / 29);
    CHECK(round_trip(std::valarray<double>{1, 2, 3}).sum() == 6);
    CHECK(round_trip(std::valarray<std::string>{"a", "b"})[1] == "b");
    CHECK(round_trip(std::valarray<int>()).size() == 0);
    CHECK(round_trip(std::valarray<bool>{true, false})[0]);
}

TEST_CASE("unique pointers") {
    CHECK(*round_trip(std::make_unique<int>(4)) == 4);
    CHECK(round_trip(std::unique_ptr<int>()) == nullptr);
    CHECK(*round_trip(std::make_unique<const std::string>("x")) == "x");
    std::vector<std::unique_ptr<std::string>> texts(2);
    texts[1] = std::make_unique<std::string>("t");
    CHECK(round_trip(texts).at(0) == nullptr);
    CHECK(*round_trip(texts).at(1) == "t");
    app::Tree tree{"root", std::make_unique<app::Tree>(), nullptr};
    tree.left->right = std::make_unique<app::Tree>(app::Tree{"leaf", {}, {}});
    const app::Tree back = round_trip(tree);
    CHECK(back.left->right->text == "leaf");
    CHECK(back.right == nullptr);
    const auto locked = std::make_unique<app::Locked>();
    locked->number = 5;
    locked->text = "five";
    CHECK(round_trip(locked)->text == "five");
    CHECK(round_trip(std::unique_ptr<app::Locked>()) == nullptr);
}
