// expect: scatter
// expect: scatter_by
// expect: gather
// expect: all_gather
// expect: broadcast
// expect: reduce
// expect: all_reduce
// expect: scan
// expect: exclusive_scan
// expect: all_to_all
// expect: time_left
// expect: run
#include <functional>
#include <hecaton/hecaton.hpp>
#include <vector>

#pragma GCC diagnostic error "-Wunused-result"

void check(int argc, char** argv, const boost::mpi::communicator& world, const std::vector<int>& xs) {
#ifdef HECATON_MUST_FAIL
    hecaton::scatter(world, xs);
    hecaton::scatter_by(world, xs, xs);
    hecaton::gather(world, xs);
    hecaton::all_gather(world, xs);
    hecaton::broadcast(world, xs);
    hecaton::reduce(world, xs, std::plus<>());
    hecaton::all_reduce(world, xs, std::plus<>());
    hecaton::scan(world, xs, std::plus<>());
    hecaton::exclusive_scan(world, xs, std::plus<>(), xs);
    hecaton::all_to_all(world, xs);
    hecaton::time_left(world);
    hecaton::run(argc, argv, [](hecaton::Pool&) {});
#endif
    // Each rank's function may do all that is wanted.
    hecaton::map(
        world, [](int) {}, xs);
    hecaton::all_map(
        world, [](int x) { return x; }, xs);
    hecaton::for_each_block(world, xs, [](auto, std::size_t) {});
    static_cast<void>(argc), static_cast<void>(argv);
}
