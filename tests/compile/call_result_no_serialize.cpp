// expect: Add a Boost.Serialization `serialize` member
#include <boost/serialization/vector.hpp>
#include <hecaton/hecaton.hpp>

class Histogram {
  public:
    Histogram() = default;
    explicit Histogram(int n) : counts_{n} {}
#ifndef HECATON_MUST_FAIL
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& counts_;
    }
#endif

  private:
    std::vector<int> counts_;
};

void check(hecaton::Pool& pool, const std::vector<int>& numbers) {
    pool.map([](int n) { return Histogram(n); }, numbers);
}
