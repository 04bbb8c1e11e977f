#include <cxxabi.h>
#include <fmt/format.h>

#include <cstdlib>
#include <hecaton/foundation/error.hpp>
#include <hecaton/foundation/host.hpp>
#include <hecaton/tasks/error_record.hpp>
#include <hecaton/tasks/error_types.hpp>
#include <memory>
#include <stdexcept>
#include <string_view>

namespace hecaton::detail {
namespace {

// A null pointer is no text.
std::string text_of(const char* text) { return text != nullptr ? text : ""; }

void describe(const std::exception& error, ErrorRecord& record) {
    describe_type(error, record);  // first: what throws here leaves the kind
    record.text = text_of(error.what());
}

// Where std::exception is a base twice, its handler is passed over; those in front of it may fit.
void describe_current(ErrorRecord& record) {
    try {
        throw;
    } catch (const std::runtime_error& error) {
        describe(error, record);
    } catch (const std::logic_error& error) {
        describe(error, record);
    } catch (const std::exception& error) {
        describe(error, record);
    } catch (const std::string& text) {
        record.text = text;
    } catch (const std::string_view text) {
        record.text = text;
    } catch (const char* text) {
        record.text = text_of(text);
    } catch (const int number) {
        record.text = fmt::format("{}", number);
    } catch (...) {
        record.text = "an exception without a text";
    }
}

void name_origin(ErrorRecord& record) {
    try {
        throw;
    } catch (const TaskError& first) {  // it has come from elsewhere: an argument that could not be encoded, say
        record.rank = first.rank();
        record.host = first.host();
        record.type_name = first.type_name();
    } catch (...) {
        const std::type_info* type = abi::__cxa_current_exception_type();
        record.type_name = type != nullptr ? readable_type_name(type->name()) : "unknown";
        record.host = host::name();
    }
}

}  // namespace

ErrorRecord current_exception_record(std::uint64_t index, int rank) noexcept {
    ErrorRecord record;
    record.index = index;
    record.rank = rank;
    try {
        describe_current(record);
        name_origin(record);
    } catch (...) {  // no memory for all of it
    }
    return record;
}

std::string readable_type_name(const char* mangled) {
    int status = 0;
    const std::unique_ptr<char, decltype(&std::free)> text(abi::__cxa_demangle(mangled, nullptr, nullptr, &status),
                                                           &std::free);
    std::string name = status == 0 && text ? text.get() : mangled;
    // libstdc++'s inline namespaces are no part of a name that anybody wrote.
    for (const std::string_view inner : {"__cxx11::", "_V2::"})
        for (std::size_t at = 0; (at = name.find(inner, at)) != std::string::npos;) name.erase(at, inner.size());
    return name;
}

}  // namespace hecaton::detail
