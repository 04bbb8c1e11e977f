// expect: a text is one value
#include <hecaton/hecaton.hpp>

void check(hecaton::Pool& pool) {
    const auto size = [](const std::string& text) { return text.size(); };
#ifdef HECATON_MUST_FAIL
    pool.map(size, "abc");
#else
    pool.map(size, {"abc"});
    pool.map([](char letter) { return letter + 1; }, std::string("abc"));
#endif
}
