// expect: the memory for the results must be of the type of the items as they travel
#include <hecaton/hecaton.hpp>

void check(const boost::mpi::communicator& world, const std::vector<float>& items) {
#ifdef HECATON_MUST_FAIL
    std::vector<double> out(items.size());
#else
    std::vector<float> out(items.size());
#endif
    hecaton::scatter_into(world, items, out);
}
