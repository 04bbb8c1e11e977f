#include <hecaton/job/job_place.hpp>

namespace hecaton::detail {
namespace {

JobPlace own_place;

}  // namespace

const JobPlace& job_place() noexcept { return own_place; }
void set_job_place(const JobPlace& place) noexcept { own_place = place; }

}  // namespace hecaton::detail
