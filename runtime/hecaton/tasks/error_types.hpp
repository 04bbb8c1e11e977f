// The types that an exception keeps on its way from rank to rank: the standard library's, and hecaton's own.
#pragma once

#include <exception>
#include <hecaton/tasks/error_record.hpp>

namespace hecaton::detail {

/// Sets the record's kind, and what is sent of such a type besides its text.
void describe_type(const std::exception& error, ErrorRecord& record);

}  // namespace hecaton::detail
