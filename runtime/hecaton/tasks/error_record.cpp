#include <cxxabi.h>
#include <fmt/format.h>

#include <cstdlib>
#include <cstring>
#include <hecaton/foundation/error.hpp>
#include <hecaton/foundation/host.hpp>
#include <hecaton/tasks/error_record.hpp>
#include <memory>
#include <new>

namespace hecaton::detail {
namespace {

using Kind = ErrorRecord::Kind;

// What to_exception makes: one standard exception, and the interface.
template <class Standard>
class Remote final : public Standard, public TaskError {
  public:
    explicit Remote(const ErrorRecord& record)
        : Standard(record.text), TaskError(record.index, record.rank, record.host, record.type_name, record.text) {}
    const char* what() const noexcept override { return TaskError::what(); }
};

// std::bad_alloc takes no text.
template <>
class Remote<std::bad_alloc> final : public std::bad_alloc, public TaskError {
  public:
    explicit Remote(const ErrorRecord& record)
        : TaskError(record.index, record.rank, record.host, record.type_name, record.text) {}
    const char* what() const noexcept override { return TaskError::what(); }
};

template <class Standard>
std::exception_ptr remote(const ErrorRecord& record) {
    return std::make_exception_ptr(Remote<Standard>(record));
}

std::string type_of_current_exception() {
    const std::type_info* type = abi::__cxa_current_exception_type();
    return type != nullptr ? readable_type_name(type->name()) : std::string("unknown");
}

// Handlers from the most derived type to the least; `describe` receives the kind and the text.
template <class Describe>
void with_current_exception(Describe&& describe) {
    try {
        throw;
    } catch (const WorkerLost& e) {
        describe(Kind::worker_lost, e.what());
    } catch (const TaskTimeout& e) {
        describe(Kind::task_timeout, e.what());
    } catch (const UsageError& e) {
        describe(Kind::usage_error, e.what());
    } catch (const DecodeError& e) {
        describe(Kind::decode_error, e.what());
    } catch (const std::out_of_range& e) {
        describe(Kind::out_of_range, e.what());
    } catch (const std::invalid_argument& e) {
        describe(Kind::invalid_argument, e.what());
    } catch (const std::domain_error& e) {
        describe(Kind::domain_error, e.what());
    } catch (const std::length_error& e) {
        describe(Kind::length_error, e.what());
    } catch (const std::logic_error& e) {
        describe(Kind::logic_error, e.what());
    } catch (const std::overflow_error& e) {
        describe(Kind::overflow_error, e.what());
    } catch (const std::underflow_error& e) {
        describe(Kind::underflow_error, e.what());
    } catch (const std::range_error& e) {
        describe(Kind::range_error, e.what());
    } catch (const std::bad_alloc& e) {
        describe(Kind::bad_alloc, e.what());
    } catch (const std::exception& e) {
        describe(Kind::runtime_error, e.what());
    } catch (const std::string& text) {
        describe(Kind::runtime_error, text);
    } catch (const char* text) {
        describe(Kind::runtime_error, text);
    } catch (const int number) {
        describe(Kind::runtime_error, fmt::format("{}", number));
    } catch (...) {
        describe(Kind::runtime_error, "an exception without a text");
    }
}

}  // namespace

ErrorRecord current_exception_record(std::uint64_t index, int rank) {
    ErrorRecord record{.kind = Kind::runtime_error,
                       .index = index,
                       .rank = rank,
                       .host = host::name(),
                       .type_name = type_of_current_exception(),
                       .text = {}};
    with_current_exception([&](Kind kind, std::string text) {
        record.kind = kind;
        record.text = std::move(text);
    });
    try {
        throw;
    } catch (const TaskError& first) {  // it has come from elsewhere: an argument that could not be encoded, say
        record.rank = first.rank();
        record.host = first.host();
        record.type_name = first.type_name();
    } catch (...) {  // an error of this rank: rank and host above are right
    }
    return record;
}

std::exception_ptr to_exception(const ErrorRecord& record) {
    switch (record.kind) {
        case Kind::range_error:
            return remote<std::range_error>(record);
        case Kind::overflow_error:
            return remote<std::overflow_error>(record);
        case Kind::underflow_error:
            return remote<std::underflow_error>(record);
        case Kind::logic_error:
            return remote<std::logic_error>(record);
        case Kind::invalid_argument:
            return remote<std::invalid_argument>(record);
        case Kind::domain_error:
            return remote<std::domain_error>(record);
        case Kind::length_error:
            return remote<std::length_error>(record);
        case Kind::out_of_range:
            return remote<std::out_of_range>(record);
        case Kind::bad_alloc:
            return remote<std::bad_alloc>(record);
        case Kind::usage_error:
            return remote<UsageError>(record);
        case Kind::decode_error:
            return remote<DecodeError>(record);
        case Kind::worker_lost:
            return std::make_exception_ptr(WorkerLost(record.index, record.rank, record.host, record.text));
        case Kind::task_timeout:
            return std::make_exception_ptr(TaskTimeout(record.index, record.rank, record.host, record.text));
        case Kind::runtime_error:
            break;
    }
    return remote<std::runtime_error>(record);
}

void write(Writer& writer, const ErrorRecord& record) {
    const auto text = [&writer](const std::string& value) {
        writer.size(value.size());
        writer.raw(value.data(), value.size());
    };
    writer.raw(&record.kind, sizeof record.kind);
    writer.raw(&record.index, sizeof record.index);
    writer.raw(&record.rank, sizeof record.rank);
    text(record.host);
    text(record.type_name);
    text(record.text);
}

ErrorRecord read_error_record(Reader& reader) {
    const auto text = [&reader] {
        const std::size_t size = reader.count(1);
        return std::string(reinterpret_cast<const char*>(reader.take(size)), size);
    };
    ErrorRecord record;
    std::memcpy(&record.kind, reader.take(sizeof record.kind), sizeof record.kind);
    std::memcpy(&record.index, reader.take(sizeof record.index), sizeof record.index);
    std::memcpy(&record.rank, reader.take(sizeof record.rank), sizeof record.rank);
    record.host = text();
    record.type_name = text();
    record.text = text();
    return record;
}

std::string readable_type_name(const char* mangled) {
    int status = 0;
    const std::unique_ptr<char, decltype(&std::free)> text(abi::__cxa_demangle(mangled, nullptr, nullptr, &status),
                                                           &std::free);
    std::string name = status == 0 && text ? text.get() : mangled;
    // libstdc++'s inline namespace is no part of a name that anybody wrote.
    for (std::size_t at = 0; (at = name.find("__cxx11::", at)) != std::string::npos;) name.erase(at, 9);
    return name;
}

}  // namespace hecaton::detail
