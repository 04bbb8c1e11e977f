// expect: Add a Boost.Serialization `serialize` member
#include <boost/serialization/vector.hpp>
#include <hecaton/hecaton.hpp>

struct Histogram {
    std::vector<int> counts;
#ifndef HECATON_MUST_FAIL
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& counts;
    }
#endif
};

void check(hecaton::Pool& pool, const std::vector<int>& numbers) {
    pool.map([](int n) { return Histogram{{n}}; }, numbers);
}
