// expect: Write hecaton::bind_front(f, words) for values that need serialising
#include <hecaton/hecaton.hpp>

void check(hecaton::Pool& pool, const std::vector<int>& numbers) {
    std::string word = "giant";
#ifdef HECATON_MUST_FAIL
    pool.map([word](int n) { return word + std::to_string(n); }, numbers);
#else
    pool.map(hecaton::bind_front([](const std::string& text, int n) { return text + std::to_string(n); }, word),
             numbers);
#endif
}
