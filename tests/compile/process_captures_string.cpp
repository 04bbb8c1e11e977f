// expect: Write hecaton::bind_front(f, words)
#include <hecaton/hecaton.hpp>

void check(hecaton::Pool& pool, const std::string& word) {
#ifdef HECATON_MUST_FAIL
    hecaton::Process process(pool, [word] { return word.size(); });
#else
    hecaton::Process process(pool, hecaton::bind_front([](const std::string& text) { return text.size(); }, word));
#endif
}
