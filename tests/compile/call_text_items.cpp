// expect: Use std::string, for example std::vector<std::string>
#include <hecaton/hecaton.hpp>

void check(hecaton::Pool& pool) {
#ifdef HECATON_MUST_FAIL
    using Text = const char*;
#else
    using Text = std::string;
#endif
    const std::vector<std::vector<Text>> lines{{"a", "hundred"}, {"arms"}};
    pool.map([](const std::vector<Text>& line) { return line.size(); }, lines);
}
