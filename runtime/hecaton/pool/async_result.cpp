#include <fmt/format.h>

#include <hecaton/foundation/error.hpp>
#include <hecaton/pool/async_result.hpp>
#include <hecaton/pool/calls/call_guard.hpp>
#include <hecaton/pool/root/driver.hpp>

namespace hecaton::detail {

bool wait_for_job(Driver& driver, Job& job, Deadline deadline) {
    refuse_nested("AsyncResult::wait()");
    return driver.wait(job, deadline);
}

void cancel_job(Driver& driver, const std::shared_ptr<Job>& job) { driver.cancel(job); }

void check_ready(const Job& job, const char* call) {
    if (!job.ready())
        throw UsageError(fmt::format("{} was called before the result was there: ask ready() or wait() first", call));
}

}  // namespace hecaton::detail
