// expect: Add a Boost.Serialization `serialize` member
#include <boost/serialization/vector.hpp>
#include <hecaton/hecaton.hpp>

class Table {
  public:
#ifndef HECATON_MUST_FAIL
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& values_;
    }
#endif

  private:
    std::vector<double> values_;
};

void check(hecaton::Pool& pool, const Table& table) { pool.broadcast(table); }
