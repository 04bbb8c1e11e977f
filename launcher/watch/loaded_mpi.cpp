#include <launcher/watch/loaded_mpi.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <vector>

#include <launcher/base/files.hpp>

namespace hecaton::launcher {
namespace {

using namespace std::chrono_literals;

constexpr auto first_look = 300ms;  // each later one takes three times as long
constexpr int map_looks = 4;

// A launcher inside a rank starts ranks of its own, which may have another MPI.
bool is_launcher(pid_t process) {
    std::string name = text_of(fmt::format("/proc/{}/comm", process));  // cut to 15 characters
    if (name.ends_with('\n')) name.pop_back();
    return std::ranges::any_of(std::array{"hecaton", "mpirun", "mpiexec", "orterun", "prterun", "srun"},
                               [&](std::string_view word) { return name.starts_with(word); });
}

std::vector<pid_t> with_descendants(pid_t rank) {
    std::vector<pid_t> found{rank};
    for (std::size_t i = 0; i < found.size(); ++i) {
        if (is_launcher(found[i])) continue;
        std::ifstream children(fmt::format("/proc/{0}/task/{0}/children", found[i]));
        for (pid_t child = 0; children >> child;) found.push_back(child);
    }
    return found;
}

}  // namespace

MpiWatch::MpiWatch(bool wanted) {
    if (wanted) next_ = clock::now() + first_look;
}

std::string MpiWatch::look(pid_t rank) {
    next_.reset();
    for (const pid_t one : with_descendants(rank))
        if (auto library = mpi_in_maps(text_of(fmt::format("/proc/{}/maps", one))); !library.empty()) return library;
    if (++looks_ >= map_looks) return {};
    auto pause = first_look;
    for (int i = 0; i < looks_; ++i) pause *= 3;
    next_ = clock::now() + pause;
    return {};
}

std::string mpi_in_maps(const std::string& maps) {
    for (const char* name : {"/libmpi.so.40", "/libmpich.so.12", "/libmpi.so.12"}) {
        const auto at = maps.find(name);
        if (at == std::string::npos) continue;
        const auto begin = maps.find('/', maps.rfind('\n', at) + 1);  // the path is the line's only one
        return maps.substr(begin, maps.find('\n', at) - begin);
    }
    return {};
}

}  // namespace hecaton::launcher
