// expect: the operation must take two of the elements and return one
#include <hecaton/hecaton.hpp>

void check(const boost::mpi::communicator& world, std::vector<double>& data) {
#ifdef HECATON_MUST_FAIL
    const auto add = [](double total, const std::vector<double>& values) { return total + values.front(); };
#else
    const auto add = [](double total, double value) { return total + value; };
#endif
    hecaton::all_reduce_into(world, data, data, add);
}
