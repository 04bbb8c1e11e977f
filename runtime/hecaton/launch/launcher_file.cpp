#include <dlfcn.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <filesystem>
#include <hecaton/foundation/descriptor.hpp>
#include <hecaton/foundation/version.hpp>
#include <hecaton/launch/command.hpp>
#include <hecaton/launch/launcher_file.hpp>
#include <hecaton/launch/refusal.hpp>

namespace hecaton::detail::launch {
namespace {

namespace fs = std::filesystem;

// Where the launcher lies, seen from the folder of this library: installed, and in the build tree.
constexpr std::array launcher_places{HECATON_LAUNCHER_FROM_LIBRARY, "../launcher/hecaton"};

// The folder of the file that this code is in: the library, or the program where it was linked statically.
fs::path own_folder() {
    Dl_info found{};
    if (::dladdr(reinterpret_cast<void*>(&find_launcher), &found) == 0 || found.dli_fname == nullptr) return {};
    std::error_code problem;
    const fs::path file = fs::canonical(found.dli_fname, problem);
    return problem ? fs::path() : file.parent_path();
}

}  // namespace

bool is_our_launcher(const std::string& file) {
    const Descriptor opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    struct stat facts {};
    if (!opened || ::fstat(opened.get(), &facts) != 0 || !S_ISREG(facts.st_mode) || facts.st_size == 0) return false;
    if (::access(file.c_str(), X_OK) != 0) return false;
    const auto size = static_cast<std::size_t>(facts.st_size);
    void* const text = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, opened.get(), 0);
    if (text == MAP_FAILED) return false;
    const std::string mark = launcher_mark + std::string(version());
    const bool found = ::memmem(text, size, mark.c_str(), mark.size() + 1) != nullptr;  // to the end of the text
    ::munmap(text, size);
    return found;
}

std::string find_launcher(const Variables& environment) {
    if (std::string named(value(environment, launcher_variable)); !named.empty()) {
        if (named == "none") return {};
        if (is_our_launcher(named)) return named;
        throw Refusal(
            fmt::format("{}={}: that is no hecaton of version {}, by which the program could start itself; name "
                        "another file, or none to start it by mpirun",
                        launcher_variable, named, version()));
    }
    if (const fs::path folder = own_folder(); !folder.empty())
        for (const char* place : launcher_places)
            if (const fs::path file = (folder / place).lexically_normal(); is_our_launcher(file)) return file;
    const std::string file = find_in_path(search_path(environment), "hecaton");
    return !file.empty() && is_our_launcher(file) ? file : std::string();
}

}  // namespace hecaton::detail::launch
