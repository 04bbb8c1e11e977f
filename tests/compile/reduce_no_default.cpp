// expect: reduce gives a default value on the ranks that are not the root, and this type has none
// expect: exclusive_scan gives a default value on rank 0, and this type has none
// expect: exclusive_scan gives a default value on rank 0, and this type has none
#include <hecaton/hecaton.hpp>

struct Celsius {
    explicit Celsius(double x) : degrees(x) {}
    double degrees;
};

void check(const boost::mpi::communicator& world) {
    const auto warmer = [](Celsius a, Celsius b) { return a.degrees > b.degrees ? a : b; };
    const Celsius mine(20);
    const std::vector<Celsius> many(3, mine);
#ifdef HECATON_MUST_FAIL
    (void)hecaton::reduce(world, mine, warmer);
    (void)hecaton::exclusive_scan(world, mine, warmer);
    (void)hecaton::exclusive_scan(world, many, warmer);
#endif
    (void)hecaton::all_reduce(world, mine, warmer);
    (void)hecaton::scan(world, mine, warmer);
    (void)hecaton::exclusive_scan(world, mine, warmer, Celsius(0));
    (void)hecaton::reduce(world, many, warmer);
    (void)hecaton::exclusive_scan(world, many, warmer, many);
}
