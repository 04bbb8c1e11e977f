// expect: Write hecaton::bind_front(f, words) for values that need serialising
#include <hecaton/hecaton.hpp>

void check(hecaton::Pool& pool, const std::vector<int>& numbers) {
    std::string word = "giant";
#ifdef HECATON_MUST_FAIL
    for (auto& outcome : pool.imap_unordered_outcomes([word](int n) { return word + std::to_string(n); }, numbers))
        outcome.value();
#else
    const auto f = [](const std::string& text, int n) { return text + std::to_string(n); };
    for (auto& outcome : pool.imap_unordered_outcomes(hecaton::bind_front(f, word), numbers)) outcome.value();
#endif
}
