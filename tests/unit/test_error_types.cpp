// Exceptions keep their type, and what belongs to it, from rank to rank.
#include <any>
#include <filesystem>
#include <functional>
#include <future>
#include <hecaton/foundation/error.hpp>
#include <hecaton/tasks/error_record.hpp>
#include <ios>
#include <memory>
#include <new>
#include <optional>
#include <regex>
#include <stdexcept>
#include <string>
#include <support/allocations.hpp>
#include <support/catch.hpp>
#include <system_error>
#include <typeinfo>
#include <variant>
#include <vector>

using namespace hecaton;
namespace fs = std::filesystem;

namespace {

using Errors = std::vector<std::exception_ptr>;

template <class Thrown>
detail::ErrorRecord record_of(const Thrown& thrown) {
    try {
        throw thrown;
    } catch (...) {
        return detail::current_exception_record(3, 1);
    }
}

detail::ErrorRecord sent(const detail::ErrorRecord& record) {
    detail::Buffer buffer;
    detail::Writer writer(buffer);
    write(writer, record);
    detail::Reader reader(buffer.bytes());
    detail::ErrorRecord arrived = detail::read_error_record(reader);
    CHECK(reader.remaining() == 0);
    return arrived;
}

// What it is after its journey.
template <class Thrown>
std::exception_ptr arrived(const Thrown& thrown) {
    return detail::to_exception(sent(record_of(thrown)));
}

template <class Caught>
bool is(const std::exception_ptr& error) {
    try {
        std::rethrow_exception(error);
    } catch (const Caught&) {
        return true;
    } catch (...) {
        return false;
    }
}

template <class... Types>
std::vector<bool> caught_as(const std::exception_ptr& error) {
    return {is<Types>(error)...};
}

std::vector<bool> all_types(const std::exception_ptr& error) {
    return caught_as<std::exception, std::bad_exception, std::runtime_error, std::range_error, std::overflow_error,
                     std::underflow_error, std::regex_error, std::system_error, std::ios_base::failure,
                     fs::filesystem_error, std::logic_error, std::invalid_argument, std::domain_error,
                     std::length_error, std::out_of_range, std::future_error, std::bad_alloc, std::bad_array_new_length,
                     std::bad_cast, std::bad_any_cast, std::bad_typeid, std::bad_function_call,
                     std::bad_optional_access, std::bad_variant_access, std::bad_weak_ptr, UsageError, PoolClosed,
                     TaskCancelled, MpiError, ProcessError, JournalError, DecodeError, WorkerLost, TaskTimeout>(error);
}

template <class Thrown>
void keeps_its_type(const Thrown& thrown) {
    CAPTURE(typeid(Thrown).name());
    const std::exception_ptr there = arrived(thrown);
    CHECK(all_types(there) == all_types(std::make_exception_ptr(thrown)));
    try {
        std::rethrow_exception(there);
    } catch (const TaskError& error) {
        CHECK(error.index() == 3);
        CHECK(error.rank() == 1);
        CHECK(error.text() == thrown.what());
    }
    try {
        std::rethrow_exception(there);
    } catch (const std::exception& error) {
        CHECK(std::string(error.what()) == thrown.what());
    }
}

template <class Caught>
Caught caught(const std::exception_ptr& error) {
    try {
        std::rethrow_exception(error);
    } catch (const Caught& found) {
        return found;
    }
}

struct Silent : std::exception {
    const char* what() const noexcept override { return nullptr; }
};
struct Own : std::exception {
    const char* what() const noexcept override { return "own"; }
};
struct Derived : std::out_of_range {
    using std::out_of_range::out_of_range;
};
struct Twice : std::out_of_range, std::bad_alloc {  // so std::exception is an ambiguous base
    Twice() : std::out_of_range("twice") {}
    const char* what() const noexcept override { return std::out_of_range::what(); }
};

class Category final : public std::error_category {
  public:
    const char* name() const noexcept override { return "weather"; }
    std::string message(int value) const override { return value == 7 ? "it hails" : "it rains"; }
};

}  // namespace

TEST_CASE("each standard exception type arrives as itself") {
    keeps_its_type(std::exception());
    keeps_its_type(std::bad_exception());
    keeps_its_type(std::runtime_error("x"));
    keeps_its_type(std::range_error("x"));
    keeps_its_type(std::overflow_error("x"));
    keeps_its_type(std::underflow_error("x"));
    keeps_its_type(std::regex_error(std::regex_constants::error_brack));
    keeps_its_type(std::system_error(std::make_error_code(std::errc::permission_denied), "x"));
    keeps_its_type(std::ios_base::failure("x"));
    keeps_its_type(fs::filesystem_error("x", std::make_error_code(std::errc::no_space_on_device)));
    keeps_its_type(std::logic_error("x"));
    keeps_its_type(std::invalid_argument("x"));
    keeps_its_type(std::domain_error("x"));
    keeps_its_type(std::length_error("x"));
    keeps_its_type(std::out_of_range("x"));
    keeps_its_type(std::future_error(std::future_errc::no_state));
    keeps_its_type(std::bad_alloc());
    keeps_its_type(std::bad_array_new_length());
    keeps_its_type(std::bad_cast());
    keeps_its_type(std::bad_any_cast());
    keeps_its_type(std::bad_typeid());
    keeps_its_type(std::bad_function_call());
    keeps_its_type(std::bad_optional_access());
    keeps_its_type(std::bad_variant_access());
    keeps_its_type(std::bad_weak_ptr());
}

TEST_CASE("hecaton's own exception types arrive as themselves") {
    keeps_its_type(UsageError("x"));
    keeps_its_type(PoolClosed("x"));
    keeps_its_type(TaskCancelled("x"));
    keeps_its_type(MpiError("x"));
    keeps_its_type(ProcessError("x"));
    keeps_its_type(JournalError("x"));
    keeps_its_type(DecodeError("x"));
    CHECK(is<WorkerLost>(arrived(WorkerLost(3, 1, "node7", "x"))));
    CHECK(is<TaskTimeout>(arrived(TaskTimeout(3, 1, "node7", "x"))));
}

TEST_CASE("a program's own type arrives as the standard type that it derives from") {
    const auto derived = arrived(Derived("x"));
    CHECK(is<std::out_of_range>(derived));
    CHECK(caught<TaskError>(derived).type_name() == "(anonymous namespace)::Derived");
    CHECK(is<std::runtime_error>(arrived(Own())));
    CHECK(is<std::out_of_range>(arrived(Twice())));
    CHECK(is<std::runtime_error>(arrived(std::string("a text"))));
    CHECK(caught<TaskError>(arrived("letters")).text() == "letters");
    CHECK(caught<TaskError>(arrived(17)).text() == "17");
}

TEST_CASE("codes, categories and paths arrive") {
    const auto denied =
        caught<std::system_error>(arrived(std::system_error(std::make_error_code(std::errc::permission_denied), "x")));
    CHECK(denied.code() == std::errc::permission_denied);
    const auto system = caught<std::system_error>(arrived(std::system_error(EACCES, std::system_category(), "x")));
    CHECK(system.code() == std::error_code(EACCES, std::system_category()));
    const auto file = caught<fs::filesystem_error>(arrived(fs::filesystem_error(
        "cannot copy", "/from/here", "/to/there", std::make_error_code(std::errc::no_space_on_device))));
    CHECK(file.path1() == "/from/here");
    CHECK(file.path2() == "/to/there");
    CHECK(file.code() == std::errc::no_space_on_device);
    CHECK(caught<std::ios_base::failure>(arrived(std::ios_base::failure("x"))).code() == std::io_errc::stream);
    CHECK(caught<std::future_error>(arrived(std::future_error(std::future_errc::broken_promise))).code() ==
          std::future_errc::broken_promise);
    CHECK(caught<std::regex_error>(arrived(std::regex_error(std::regex_constants::error_range))).code() ==
          std::regex_constants::error_range);
}

TEST_CASE("a category that only the sender has keeps its name and its words") {
    const Category weather;
    const auto first = caught<std::system_error>(arrived(std::system_error(7, weather, "x"))).code();
    CHECK(first.value() == 7);
    CHECK(std::string(first.category().name()) == "weather");
    CHECK(first.message() == "it hails");
    const auto second = caught<std::system_error>(arrived(std::system_error(8, weather, "x"))).code();
    CHECK(second.message() == "it rains");
    CHECK(&first.category() == &second.category());
}

TEST_CASE("an exception whose text is a null pointer has no text") {
    CHECK(caught<TaskError>(arrived(Silent())).text().empty());
    CHECK(caught<TaskError>(arrived(Silent()))
              .describe()
              .starts_with("(anonymous namespace)::Silent (no text) (item 3, rank 1 on "));
    CHECK(caught<TaskError>(arrived(static_cast<const char*>(nullptr))).text().empty());
}

TEST_CASE("describing an exception never throws") {
    const fs::filesystem_error error("a text that is longer than a short string's", "/a/path",
                                     std::make_error_code(std::errc::no_space_on_device));
    for (std::size_t n = 1; n < 64; ++n) {
        test::allocations::fail_at(n);
        const auto record = record_of(error);
        const bool failed = test::allocations::fail_at(0);
        CAPTURE(n, failed);
        CHECK(record.index == 3);
        if (failed) continue;
        CHECK(record.kind == detail::ErrorRecord::Kind::filesystem_error);
        return;
    }
    FAIL("it never ends");
}
