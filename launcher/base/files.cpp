#include <launcher/base/files.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <hecaton/foundation/descriptor.hpp>
#include <system_error>

namespace hecaton::launcher {

namespace fs = std::filesystem;

std::string text_of(const std::string& file) {
    const detail::Descriptor opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    std::array<char, 16 * 1024> buffer;
    std::string text;
    for (ssize_t count = 1; opened && count != 0;) {
        count = ::read(opened.get(), buffer.data(), buffer.size());
        if (count < 0 && errno != EINTR) break;
        if (count > 0) text.append(buffer.data(), static_cast<std::size_t>(count));
    }
    return text;
}

std::vector<fs::path> entries_of(const fs::path& folder) {
    std::vector<fs::path> found;
    std::error_code problem;
    for (fs::directory_iterator at(folder, problem); !problem && at != fs::directory_iterator(); at.increment(problem))
        found.push_back(at->path());
    return found;
}

bool exists(const std::string& file) {
    std::error_code ignored;
    return fs::exists(file, ignored);
}

}  // namespace hecaton::launcher
