// Looks for running processes, for tests that start some.
#pragma once

#include <dirent.h>

#include <cstddef>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace hecaton::test {

/// The running processes whose parent is `parent`.
inline std::vector<int> children_of(int parent) {
    std::vector<int> found;
    DIR* all = ::opendir("/proc");
    while (const dirent* entry = ::readdir(all)) {
        std::ifstream file("/proc/" + std::string(entry->d_name) + "/stat");
        std::string pid;
        std::string rest;
        char state = 0;
        int its_parent = 0;
        if (!(file >> pid) || !std::getline(file, rest)) continue;
        std::istringstream fields(rest.substr(rest.rfind(')') + 1));
        if (fields >> state >> its_parent && its_parent == parent && state != 'Z') found.push_back(std::stoi(pid));
    }
    ::closedir(all);
    return found;
}

inline std::size_t open_descriptors(int pid) {
    std::size_t count = 0;
    DIR* all = ::opendir(("/proc/" + std::to_string(pid) + "/fd").c_str());
    while (::readdir(all) != nullptr) ++count;
    ::closedir(all);
    return count;
}

inline bool runs(int pid) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/cmdline");
    return file.get() != std::char_traits<char>::eof();
}

}  // namespace hecaton::test
