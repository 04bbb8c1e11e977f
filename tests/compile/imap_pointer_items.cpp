// expect: a raw pointer cannot travel between processes
#include <hecaton/hecaton.hpp>

void check(hecaton::Pool& pool, std::vector<int*>& pointers, std::vector<int>& numbers) {
#ifdef HECATON_MUST_FAIL
    for (int y : pool.imap([](int* p) { return *p; }, pointers)) static_cast<void>(y);
#else
    for (int y : pool.imap([](int n) { return n; }, numbers)) static_cast<void>(y);
#endif
    static_cast<void>(pointers), static_cast<void>(numbers);
}
