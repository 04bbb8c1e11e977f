// expect: Add a Boost.Serialization `serialize` member
#include <boost/serialization/vector.hpp>
#include <hecaton/hecaton.hpp>

struct Table {
    std::vector<double> values;
#ifndef HECATON_MUST_FAIL
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& values;
    }
#endif
};

void check(hecaton::Pool& pool, const Table& table) { pool.broadcast(table); }
