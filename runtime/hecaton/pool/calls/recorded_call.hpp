// A call's end and its errors, in the words of the recording.
#pragma once

#include <hecaton/pool/report.hpp>
#include <hecaton/recording/calls.hpp>
#include <hecaton/recording/process.hpp>
#include <hecaton/tasks/error_record.hpp>

namespace hecaton::detail {

recording::CallEnd call_end(const Report& report, std::int64_t time, bool cut);

/// `after` is added to the item's number.
void note_error(const recording::RecordedCall& call, const ErrorRecord& record, std::uint64_t after = 0) noexcept;

}  // namespace hecaton::detail
