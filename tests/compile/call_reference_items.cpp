// expect: it only refers to values of this one. Use std::vector
#include <functional>
#include <hecaton/hecaton.hpp>

void check(hecaton::Pool& pool, std::string& word) {
#ifdef HECATON_MUST_FAIL
    const std::vector<std::reference_wrapper<std::string>> words{word};
#else
    const std::vector<std::string> words{word};
#endif
    pool.map([](const std::string& text) { return text.size(); }, words);
}
