// The calls that were cut because the job's time is over, in all pools of this process.
#pragma once

#include <exception>
#include <hecaton/foundation/error.hpp>
#include <hecaton/scheduling/dispatcher.hpp>
#include <string>

namespace hecaton::detail {

/// The status of a program that should be run again.
inline constexpr int out_of_time_status = 75;

/// What a call throws that was cut.
class OutOfTime final : public TaskCancelled {
  public:
    using TaskCancelled::TaskCancelled;
};

/// Counts a call that was cut, or that is under way and is given up now. `kept`: a journal has what it has done.
/// Returns what it throws.
std::exception_ptr cut_for_time(const scheduling::JobCounters& counters, const std::string& name, bool kept);
/// What the pool fails with where items still run when the time is over.
std::exception_ptr items_given_up();
/// Whether a call was cut so far.
bool cut_for_time() noexcept;
/// As if none was.
void forget_cut_calls() noexcept;
/// Says how far all those calls have come, and what to do, where there are any; once.
void say_out_of_time();
/// Ends the job at once: its time is over, and some rank does not come to an end. What is finished is kept.
[[noreturn]] void end_out_of_time();

}  // namespace hecaton::detail
