// expect: Use std::string, for example std::vector<std::string>
#include <hecaton/hecaton.hpp>

#ifdef HECATON_MUST_FAIL
using Text = const char*;
#else
using Text = std::string;
#endif
struct Row {
    int number;
    Text text;
};
struct Table {
    Row rows[2];
};

void check(hecaton::Pool& pool, const std::vector<Table>& tables) {
    pool.map([](const Table& table) { return table.rows[0].number; }, tables);
}
