// ErrorRecord: an exception as it travels from the rank that threw it.
//
// error_types has the table of types that it can be, error_capture makes a record of the exception that is handled.
#pragma once

#include <cstdint>
#include <exception>
#include <hecaton/codec/reader.hpp>
#include <hecaton/codec/writer.hpp>
#include <hecaton/tasks/error_code.hpp>
#include <string>

namespace hecaton::detail {

struct ErrorRecord {
    // The standard type that the exception is, or derives from; see error_types.cpp.
    enum class Kind : std::uint8_t {
        runtime_error,  // also for what is no standard exception
        exception,
        bad_exception,
        range_error,
        overflow_error,
        underflow_error,
        regex_error,
        system_error,
        ios_failure,
        filesystem_error,
        logic_error,
        invalid_argument,
        domain_error,
        length_error,
        out_of_range,
        future_error,
        bad_alloc,
        bad_array_new_length,
        bad_cast,
        bad_any_cast,
        bad_typeid,
        bad_function_call,
        bad_optional_access,
        bad_variant_access,
        bad_weak_ptr,
        usage_error,
        pool_closed,
        task_cancelled,
        mpi_error,
        process_error,
        journal_error,
        decode_error,
        worker_lost,
        task_timeout,
    };

    Kind kind = Kind::runtime_error;
    std::uint64_t index = 0;
    int rank = -1;
    std::string host;
    std::string type_name;
    std::string text;         // empty: it has none
    SentErrorCode code = {};  // of the types that have one
    std::string path1 = {};   // of a filesystem_error
    std::string path2 = {};
};

/// The exception that is being handled (call it inside a catch block), as thrown by item `index` on this rank. Where
/// there is no memory for all of it, it has the kind alone.
ErrorRecord current_exception_record(std::uint64_t index, int rank) noexcept;

/// An exception of the record's standard type that is also a TaskError (WorkerLost, TaskTimeout for those kinds).
std::exception_ptr to_exception(const ErrorRecord& record);

void write(Writer& writer, const ErrorRecord& record);
ErrorRecord read_error_record(Reader& reader);

/// The C++ spelling of a type's mangled name.
std::string readable_type_name(const char* mangled);

}  // namespace hecaton::detail
