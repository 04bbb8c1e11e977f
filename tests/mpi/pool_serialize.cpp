// Classes whose `serialize` has members of all kinds, and types of the standard library, as items and results.
#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <mpi/pool_under_test.hpp>
#include <optional>
#include <string>
#include <system_error>
#include <tuple>
#include <unordered_map>
#include <variant>
#include <vector>

namespace {

struct Point {
    double x = 0, y = 0;
    bool operator==(const Point&) const = default;
};

class Case {
  public:
    Case() = default;
    explicit Case(int number)
        : name_(static_cast<std::size_t>(number), 'x'),
          counts_{{"k", number}},
          guess_(number % 2 ? std::optional(0.5) : std::nullopt),
          either_(std::to_string(number)),
          both_(number, 1.5),
          limit_(number),
          file_("a/" + std::to_string(number)),
          points_(3, Point{1, 2}) {}
    bool operator==(const Case&) const = default;

  private:
    friend class boost::serialization::access;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& name_& counts_& guess_& either_& both_& limit_& file_& points_& inner_;
    }

    std::string name_;
    std::unordered_map<std::string, int> counts_;
    std::optional<double> guess_;
    std::variant<int, std::string> either_;
    std::tuple<int, double> both_;
    std::chrono::milliseconds limit_{};
    std::filesystem::path file_;
    std::vector<Point> points_;
    std::map<int, std::vector<Case>> inner_;
};

std::vector<Case> cases() {
    std::vector<Case> all;
    for (int i = 0; i < 20; ++i) all.emplace_back(i);
    return all;
}

}  // namespace

TEST_CASE("serialize: members that travel by themselves") {
    const auto same = [](const Case& one) { return one; };
    CHECK(pool().map(same, cases()) == cases());
    CHECK(pool().with({.isolate = true}).map(same, cases()) == cases());
    CHECK(pool().apply(same, Case(4)) == Case(4));
}

TEST_CASE("serialize: items and results that can only be moved") {
    std::vector<std::unique_ptr<std::string>> items(3);
    items[1] = std::make_unique<std::string>("text");
    const auto longer = [](const std::unique_ptr<std::string>& item) {
        return item ? std::make_unique<std::string>(*item + "+") : nullptr;
    };
    const auto results = pool().map(longer, items);
    REQUIRE(results.size() == 3);
    CHECK(results[0] == nullptr);
    CHECK(*results[1] == "text+");
}

TEST_CASE("serialize: codes of errors and paths") {
    const auto look = [](const std::filesystem::path& path) {
        std::error_code error;
        static_cast<void>(std::filesystem::file_size(path, error));
        return std::pair(path.filename(), error);
    };
    const auto looked = pool().map(look, std::vector<std::filesystem::path>{"/nowhere/at/all", "/nowhere/else"});
    CHECK(looked.at(0).first == "all");
    CHECK(looked.at(1).second == std::errc::no_such_file_or_directory);
}
