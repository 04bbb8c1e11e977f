// expect: a pointer to a member cannot travel to other ranks. Write a lambda around it
#include <hecaton/hecaton.hpp>

void check(hecaton::Pool& pool, const std::vector<std::string>& words) {
#ifdef HECATON_MUST_FAIL
    pool.map(&std::string::size, words);
#else
    pool.map([](const std::string& word) { return word.size(); }, words);
#endif
}
