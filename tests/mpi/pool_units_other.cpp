// The same names as in pool_units.cpp, with other meanings.
#include "pool_units.hpp"

namespace {
int same_name(int x) { return x + 100; }
auto local_lambda() {
    return [](int x) { return x * 1000; };
}
}  // namespace

std::vector<int> mapped_in_other_unit(hecaton::Pool& pool, const std::vector<int>& items) {
    return pool.map(same_name, items);
}
std::vector<int> lambda_mapped_in_other_unit(hecaton::Pool& pool, const std::vector<int>& items) {
    return pool.map(local_lambda(), items);
}
