#include <mpi/plugin.hpp>

std::vector<int> mapped_by_plugin(hecaton::Pool& pool, const std::vector<int>& items) {
    return pool.map([](int x) { return x + 1000; }, items);
}

int plugin_function(int x) { return x - 1000; }
