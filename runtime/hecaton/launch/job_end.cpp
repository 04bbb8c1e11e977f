#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <hecaton/job/job_time.hpp>
#include <hecaton/launch/job_end.hpp>
#include <hecaton/launch/job_variables.hpp>
#include <hecaton/launch/refusal.hpp>

namespace hecaton::detail::launch {

std::optional<Moment> moment(std::string_view seconds) {
    constexpr double latest = 9e9;  // the clock counts nanoseconds
    double number = -1;
    const auto [end, problem] = std::from_chars(seconds.data(), seconds.data() + seconds.size(), number);
    if (problem != std::errc() || end != seconds.data() + seconds.size() || !(number >= 0 && number <= latest))
        return std::nullopt;
    return Moment(std::chrono::duration_cast<Moment::duration>(std::chrono::duration<double>(number)));
}

std::optional<Moment> allocation_end(const Variables& environment, Moment now) {
    struct Told {
        const char* job;
        const char* end;
    };
    for (const Told& told : {Told{"SLURM_JOB_ID", "SLURM_JOB_END_TIME"}, Told{"COBALT_JOBID", "COBALT_ENDTIME"}}) {
        if (value(environment, told.job).empty()) continue;
        if (const auto end = moment(value(environment, told.end)); end && *end > now) return end;
    }
    return std::nullopt;
}

void read_job_end() {
    const auto now = Moment::clock::now();
    const std::string told = job_setting(deadline_variable);
    if (told == "none") return;
    const auto end = told.empty() ? allocation_end(variables(), now) : moment(told);
    if (!told.empty() && !end)
        throw Refusal(fmt::format("{}={}: it is a moment in seconds since 1970, as date +%s prints them, or none",
                                  deadline_variable, told));
    if (end) set_job_time({.end = Deadline::clock::now() + std::chrono::duration_cast<Deadline::duration>(*end - now)});
}

}  // namespace hecaton::detail::launch
