// expect: `auto shared = pool.broadcast(words);` for big ones and capture `shared` by value
#include <hecaton/hecaton.hpp>

void check(hecaton::Pool& pool, const std::vector<std::size_t>& numbers) {
    std::vector<std::string> words{"hundred", "arms"};
#ifdef HECATON_MUST_FAIL
    pool.map([words](std::size_t n) { return words[n]; }, numbers);
#else
    auto shared = pool.broadcast(words);
    pool.map([shared](std::size_t n) { return (*shared)[n]; }, numbers);
#endif
}
