// JobTime: until when this process's job may go on.
//
// A launcher tells it in memory that it shares with the process, a variable of the environment does, or SIGUSR2, by
// which batch systems warn before the end.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <hecaton/foundation/deadline.hpp>

namespace hecaton::detail {

/// What one process is told. Zeros: nothing. It may lie in memory that several processes share on one machine.
struct ToldTime {
    std::atomic<std::int64_t> ends_at{0};      ///< nanoseconds of the steady clock
    std::atomic<std::int32_t> winding_up{0};   ///< nothing new is to be begun
    std::atomic<std::int32_t> heeding_pid{0};  ///< the process that heeds what is told

    /// How long a job is taken to go on after a warning where its end is not known: half of the minute that Slurm, SGE
    /// and Flux give when they are not told another time.
    static constexpr std::chrono::seconds after_warning{30};
    void end_at(Deadline end) noexcept { ends_at.store(end.time_since_epoch() / std::chrono::nanoseconds(1)); }
    /// Safe in a signal handler.
    void wind_up() noexcept;
};
static_assert(std::atomic<std::int64_t>::is_always_lock_free && std::atomic<std::int32_t>::is_always_lock_free);

struct JobTime {
    Deadline end = no_deadline;
    bool winding_up = false;  ///< nothing new is to be begun, however long it is to the end
    bool operator==(const JobTime&) const = default;
};

/// As this process knows it now. Costs a few loads; any thread.
JobTime job_time() noexcept;
/// Seconds until the end, not below 0; infinity without one.
double seconds_left() noexcept;

/// The time, where no launcher tells another one.
void set_job_time(const JobTime& time) noexcept;
/// A launcher tells the time in this memory, which stays.
void heed(ToldTime& told) noexcept;
/// From now on SIGUSR2 winds the job up, unless the program handles or ignores it. Can be repeated.
void heed_warnings() noexcept;

}  // namespace hecaton::detail
