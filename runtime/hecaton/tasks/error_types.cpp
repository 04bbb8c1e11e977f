#include <any>
#include <array>
#include <filesystem>
#include <functional>
#include <future>
#include <hecaton/foundation/error.hpp>
#include <hecaton/tasks/error_types.hpp>
#include <ios>
#include <memory>
#include <new>
#include <optional>
#include <regex>
#include <stdexcept>
#include <system_error>
#include <typeinfo>
#include <variant>

namespace hecaton::detail {
namespace {

using Kind = ErrorRecord::Kind;

// What is sent of an exception, and how its standard part is made again. Most types take their text, or nothing.
template <class Standard>
struct Sent {
    static void read(const Standard& /*error*/, ErrorRecord& /*record*/) {}
    static Standard make(const ErrorRecord& record) {
        if constexpr (std::is_constructible_v<Standard, const std::string&>)
            return Standard(record.text);
        else
            return Standard();
    }
};

struct SentWithCode {
    template <class Standard>
    static void read(const Standard& error, ErrorRecord& record) {
        record.code = to_sent(error.code());
    }
};
template <>
struct Sent<std::system_error> : SentWithCode {
    static std::system_error make(const ErrorRecord& record) { return std::system_error(to_error_code(record.code)); }
};
template <>
struct Sent<std::ios_base::failure> : SentWithCode {
    static std::ios_base::failure make(const ErrorRecord& record) {
        return std::ios_base::failure(record.text, to_error_code(record.code));
    }
};
template <>
struct Sent<std::filesystem::filesystem_error> {
    static void read(const std::filesystem::filesystem_error& error, ErrorRecord& record) {
        record.code = to_sent(error.code());
        record.path1 = error.path1().native();
        record.path2 = error.path2().native();
    }
    static std::filesystem::filesystem_error make(const ErrorRecord& record) {
        return {record.text, record.path1, record.path2, to_error_code(record.code)};
    }
};
template <>
struct Sent<std::future_error> : SentWithCode {
    static std::future_error make(const ErrorRecord& record) {
        return std::future_error(static_cast<std::future_errc>(record.code.value));
    }
};
template <>
struct Sent<std::regex_error> {
    static void read(const std::regex_error& error, ErrorRecord& record) {
        record.code.value = static_cast<int>(error.code());
    }
    static std::regex_error make(const ErrorRecord& record) {
        return std::regex_error(static_cast<std::regex_constants::error_type>(record.code.value));
    }
};

// What to_exception makes: one standard exception, and the interface.
template <class Standard>
class Remote final : public Standard, public TaskError {
  public:
    explicit Remote(const ErrorRecord& record)
        : Standard(Sent<Standard>::make(record)),
          TaskError(record.index, record.rank, record.host, record.type_name, record.text) {}
    const char* what() const noexcept override { return TaskError::what(); }
};

struct KnownType {
    Kind kind;
    bool (*describe)(const std::exception& error, ErrorRecord& record);  // false: it is none of these
    std::exception_ptr (*make)(const ErrorRecord& record);
};

template <class Standard>
constexpr KnownType known(Kind kind) {
    return {.kind = kind,
            .describe =
                [](const std::exception& error, ErrorRecord& record) {
                    const auto* const found = dynamic_cast<const Standard*>(&error);
                    if (found != nullptr) Sent<Standard>::read(*found, record);
                    return found != nullptr;
                },
            .make = [](const ErrorRecord& record) { return std::make_exception_ptr(Remote<Standard>(record)); }};
}

// WorkerLost and TaskTimeout are TaskErrors themselves.
template <class Lost>
constexpr KnownType known_task_error(Kind kind) {
    return {.kind = kind,
            .describe = [](const std::exception& error,
                           ErrorRecord& /*record*/) { return dynamic_cast<const Lost*>(&error) != nullptr; },
            .make =
                [](const ErrorRecord& record) {
                    return std::make_exception_ptr(Lost(record.index, record.rank, record.host, record.text));
                }};
}

// std::exception itself says nothing; a class that a program derives from it directly arrives as a runtime_error.
template <class Standard>
constexpr KnownType known_alone(Kind kind) {
    KnownType type = known<Standard>(kind);
    type.describe = [](const std::exception& error, ErrorRecord& /*record*/) {
        return typeid(error) == typeid(Standard);
    };
    return type;
}

// Derived types before their bases: the first one that fits is taken.
constexpr std::array known_types{
    known_task_error<WorkerLost>(Kind::worker_lost),
    known_task_error<TaskTimeout>(Kind::task_timeout),
    known<PoolClosed>(Kind::pool_closed),
    known<UsageError>(Kind::usage_error),
    known<TaskCancelled>(Kind::task_cancelled),
    known<MpiError>(Kind::mpi_error),
    known<ProcessError>(Kind::process_error),
    known<JournalError>(Kind::journal_error),
    known<DecodeError>(Kind::decode_error),
    known<std::out_of_range>(Kind::out_of_range),
    known<std::invalid_argument>(Kind::invalid_argument),
    known<std::domain_error>(Kind::domain_error),
    known<std::length_error>(Kind::length_error),
    known<std::future_error>(Kind::future_error),
    known<std::logic_error>(Kind::logic_error),
    known<std::overflow_error>(Kind::overflow_error),
    known<std::underflow_error>(Kind::underflow_error),
    known<std::range_error>(Kind::range_error),
    known<std::regex_error>(Kind::regex_error),
    known<std::filesystem::filesystem_error>(Kind::filesystem_error),
    known<std::ios_base::failure>(Kind::ios_failure),
    known<std::system_error>(Kind::system_error),
    known<std::runtime_error>(Kind::runtime_error),
    known<std::bad_array_new_length>(Kind::bad_array_new_length),
    known<std::bad_alloc>(Kind::bad_alloc),
    known<std::bad_any_cast>(Kind::bad_any_cast),
    known<std::bad_cast>(Kind::bad_cast),
    known<std::bad_typeid>(Kind::bad_typeid),
    known<std::bad_function_call>(Kind::bad_function_call),
    known<std::bad_optional_access>(Kind::bad_optional_access),
    known<std::bad_variant_access>(Kind::bad_variant_access),
    known<std::bad_weak_ptr>(Kind::bad_weak_ptr),
    known<std::bad_exception>(Kind::bad_exception),
    known_alone<std::exception>(Kind::exception),
};

}  // namespace

void describe_type(const std::exception& error, ErrorRecord& record) {
    for (const KnownType& type : known_types)
        if (type.describe(error, record)) {
            record.kind = type.kind;
            return;
        }
}

std::exception_ptr to_exception(const ErrorRecord& record) {
    for (const KnownType& type : known_types)
        if (type.kind == record.kind) return type.make(record);
    return std::make_exception_ptr(Remote<std::runtime_error>(record));
}

}  // namespace hecaton::detail
