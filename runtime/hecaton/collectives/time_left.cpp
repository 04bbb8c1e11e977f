#include <algorithm>
#include <hecaton/collectives/fold_array.hpp>
#include <hecaton/collectives/time_left.hpp>
#include <hecaton/job/job_time.hpp>

namespace hecaton {

double time_left(Communicator comm) {
    detail::Call call(comm, detail::Operation::time_left, 0, typeid(double));
    const auto least = [](double one, double other) noexcept { return std::min(one, other); };
    return detail::fold<double>(call, detail::FoldKind::all_reduce, detail::seconds_left(), least);
}

double time_left() { return time_left(detail::world_for("time_left")); }

}  // namespace hecaton
