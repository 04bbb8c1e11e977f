// expect: map_reduce's operation must take (T, what f returns) and (T, T)
#include <hecaton/hecaton.hpp>

void check(hecaton::Pool& pool, const std::vector<std::string>& words) {
    const auto length = [](const std::string& word) { return word.size(); };
#ifdef HECATON_MUST_FAIL
    const auto add = [](std::size_t total, const std::string& word) { return total + word.size(); };
#else
    const auto add = [](std::size_t total, std::size_t size) { return total + size; };
#endif
    pool.map_reduce(length, add, std::size_t{0}, words);
}
