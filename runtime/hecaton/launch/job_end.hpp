// The end of the job, as the environment tells it.
#pragma once

#include <chrono>
#include <hecaton/launch/environment.hpp>
#include <optional>

namespace hecaton::detail::launch {

/// The variable with the end: seconds since 1970, or "none".
inline constexpr const char* deadline_variable = "HECATON_DEADLINE";

using Moment = std::chrono::system_clock::time_point;

/// Seconds since 1970 as a moment; nothing for text that is no such number.
std::optional<Moment> moment(std::string_view seconds);

/// When the batch job ends that this process is in, where a variable tells it: Slurm's and Cobalt's. Nothing where it
/// is past already: such variables are of a job that is over.
std::optional<Moment> allocation_end(const Variables& environment, Moment now);

/// Tells this process (job/job_time.hpp) what the environment says: HECATON_DEADLINE, else the batch job's end.
/// Throws Refusal for a HECATON_DEADLINE that is no moment.
void read_job_end();

}  // namespace hecaton::detail::launch
