#include <launcher/cleanup/segments.hpp>

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <hecaton/foundation/descriptor.hpp>
#include <thread>

#include <launcher/base/files.hpp>

namespace hecaton::launcher {
namespace {

namespace fs = std::filesystem;

// "vader_segment.<host>.<user>.<job>.<rank>" with Open MPI 4, "sm_segment." and so on with 5. A variable can name
// another directory.
struct Kind {
    std::string_view prefix;
    const char* directory;
};
constexpr Kind kinds[] = {{"vader_segment.", "OMPI_MCA_btl_vader_backing_directory"},
                          {"sm_segment.", "OMPI_MCA_btl_sm_backing_directory"}};

constexpr std::chrono::milliseconds pause{10};

// Jenkins's "one at a time".
std::uint32_t hash(std::string_view text) {
    std::uint32_t sum = 0;
    for (const char letter : text) {
        sum += static_cast<std::uint32_t>(letter);
        sum += sum << 10U;
        sum ^= sum >> 6U;
    }
    sum += sum << 3U;
    sum ^= sum >> 11U;
    return sum + (sum << 15U);
}

bool whole_number(std::string_view text, std::uint32_t& number) {
    const char* end = text.data() + text.size();
    return std::from_chars(text.data(), end, number) == std::from_chars_result{end, std::errc()};
}

// The kernel gives a lease for reading only where nobody has the file open for writing, as Open MPI's ranks have their
// own files and each other's. It matters because another job may have the same number: 16 of its bits are a hash.
bool in_use(const fs::path& file) {
    const detail::Descriptor opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    return !opened || ::fcntl(opened.get(), F_SETLEASE, F_RDLCK) != 0;
}

// Removes the files with `middle` in their names that nobody uses; false where one is in use.
bool all_removed(std::string_view middle) {
    bool all = true;
    for (const auto& kind : kinds) {
        const char* set = std::getenv(kind.directory);
        std::error_code ignored;
        for (const auto& path : entries_of(set ? set : "/dev/shm")) {
            const std::string file = path.filename();
            if (!file.starts_with(kind.prefix) || file.find(middle) == std::string::npos) continue;
            if (in_use(path))
                all = false;
            else
                fs::remove(path, ignored);
        }
    }
    return all;
}

}  // namespace

std::string number_of_job(std::string_view job) {
    std::uint32_t number = 0;
    if (whole_number(job, number)) return fmt::format("{:x}", number);
    const auto at = job.rfind('@');
    if (at == std::string_view::npos || !whole_number(job.substr(at + 1), number)) return {};
    const std::uint32_t family = hash(job.substr(0, at));
    return fmt::format("{:x}", ((family ^ (family >> 16U)) << 16U) | (number & 0xffffU));
}

void remove_segments(std::string_view job, std::chrono::milliseconds patience) {
    const std::string number = number_of_job(job);
    if (number.empty()) return;
    const std::string middle = fmt::format(".{}.{}.", ::geteuid(), number);
    ::signal(SIGIO, SIG_IGN);  // it comes when a process opens a file while we have the lease
    for (; !all_removed(middle) && patience.count() > 0; patience -= pause) std::this_thread::sleep_for(pause);
}

}  // namespace hecaton::launcher
