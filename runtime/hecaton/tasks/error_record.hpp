// ErrorRecord: an exception as it travels from the rank that threw it, and how it is thrown again.
#pragma once

#include <cstdint>
#include <exception>
#include <hecaton/codec/reader.hpp>
#include <hecaton/codec/writer.hpp>
#include <string>

namespace hecaton::detail {

struct ErrorRecord {
    // The standard type that the exception derives from, as far as it can be rebuilt from its text.
    enum class Kind : std::uint8_t {
        runtime_error,
        range_error,
        overflow_error,
        underflow_error,
        logic_error,
        invalid_argument,
        domain_error,
        length_error,
        out_of_range,
        bad_alloc,
        usage_error,
        decode_error,
        worker_lost,
        task_timeout,
    };

    Kind kind = Kind::runtime_error;
    std::uint64_t index = 0;
    int rank = -1;
    std::string host;
    std::string type_name;
    std::string text;
};

/// The exception that is being handled (call it inside a catch block), as thrown by item `index` on this rank.
ErrorRecord current_exception_record(std::uint64_t index, int rank);

/// An exception of the record's standard type that is also a TaskError (WorkerLost, TaskTimeout for those kinds).
std::exception_ptr to_exception(const ErrorRecord& record);

void write(Writer& writer, const ErrorRecord& record);
ErrorRecord read_error_record(Reader& reader);

/// The C++ spelling of a type's mangled name.
std::string readable_type_name(const char* mangled);

}  // namespace hecaton::detail
