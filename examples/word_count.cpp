// Counts the words of text files, one file a task, and prints the most frequent ones with their counts.
//
//     hecaton run -n 4 ./word_count /usr/share/common-licenses/*
//
// A word is what lies between white space. The output is that of
//     cat FILES | tr -s '[:space:]' '\n' | grep . | LC_ALL=C sort | uniq -c | LC_ALL=C sort -k1,1nr -k2 | head -10
#include <fmt/core.h>

#include <algorithm>
#include <fstream>
#include <hecaton/hecaton.hpp>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

using Counts = std::map<std::string, long>;

Counts count_words(const std::string& path) {
    std::ifstream file(path);
    if (!file) throw std::runtime_error("cannot read " + path);
    Counts counts;
    for (std::string word; file >> word;) ++counts[word];
    return counts;
}

Counts merge(Counts total, const Counts& part) {
    for (const auto& [word, count] : part) total[word] += count;
    return total;
}

int main(int argc, char** argv) {
    return hecaton::run(argc, argv, [&](hecaton::Pool& pool) {
        const std::vector<std::string> files(argv + 1, argv + argc);
        if (files.empty()) throw std::invalid_argument("usage: word_count FILE...");
        const Counts counts = pool.map_reduce(count_words, merge, Counts(), files);
        std::vector<std::pair<std::string, long>> ranking(counts.begin(), counts.end());
        std::ranges::stable_sort(ranking, std::greater(), &std::pair<std::string, long>::second);
        ranking.resize(std::min<std::size_t>(ranking.size(), 10));
        for (const auto& [word, count] : ranking) fmt::print("{:7} {}\n", count, word);
        fmt::print(stderr, "{}\n", pool.last_map().verdict());
    });
}
