#include <launcher/base/files.hpp>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <hecaton/foundation/descriptor.hpp>
#include <system_error>

#include <launcher/base/refusal.hpp>

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

void replace_file(const std::string& file, std::string_view text) {
    const std::string fresh = fmt::format("{}.{}", file, ::getpid());
    const auto fail = [&] {
        const int problem = errno;
        ::unlink(fresh.c_str());
        throw Refusal(1, fmt::format("{} cannot be written: {}", file, std::strerror(problem)));
    };
    {
        const detail::Descriptor opened(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
        if (!opened) fail();
        for (std::size_t at = 0; at < text.size();) {
            const auto count = ::write(opened.get(), text.data() + at, text.size() - at);
            if (count < 0 && errno != EINTR) fail();
            if (count > 0) at += static_cast<std::size_t>(count);
        }
        if (::fsync(opened.get()) != 0) fail();
    }
    if (std::rename(fresh.c_str(), file.c_str()) != 0) fail();
}

bool exists(const std::string& file) {
    std::error_code ignored;
    return fs::exists(file, ignored);
}

}  // namespace hecaton::launcher
