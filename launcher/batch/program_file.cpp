#include <launcher/batch/program_file.hpp>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include <launcher/base/clock.hpp>
#include <launcher/base/figures.hpp>
#include <launcher/base/files.hpp>
#include <launcher/base/refusal.hpp>

namespace hecaton::launcher::batch {
namespace {

namespace fs = std::filesystem;

constexpr const char* copies = "program";  // the folder in the job's, where no name of a program meets another file

[[noreturn]] void refuse_copy(const std::string& program, const std::string& folder, const std::string& why) {
    throw Refusal(1, fmt::format("--copy-program: {} cannot be copied into {}: {}", program, folder, why));
}

}  // namespace

std::string build_of(const std::string& program) {
    struct stat facts {};
    if (::stat(program.c_str(), &facts) != 0) return {};
    return fmt::format("{}-{}.{}", facts.st_size, facts.st_mtim.tv_sec, facts.st_mtim.tv_nsec);
}

std::string changed_since(const std::string& build, double submitted, const std::string& program) {
    struct stat facts {};
    if (build.empty() || build == build_of(program) || ::stat(program.c_str(), &facts) != 0) return {};
    const double written =
        static_cast<double>(facts.st_mtim.tv_sec) + 1e-9 * static_cast<double>(facts.st_mtim.tv_nsec);
    const double today = now();
    // One that was built before may have been put in its place since.
    const std::string how = written >= submitted ? fmt::format("was changed at {}", clock_time(written, today))
                                                 : std::string("has been replaced since");
    return fmt::format(
        "the program that was submitted at {} {}: this run uses the new one (hecaton submit --copy-program keeps a "
        "copy)",
        clock_time(submitted, today), how);
}

std::string copy_program(const std::string& program, const std::string& folder) {
    std::error_code problem;
    const fs::path copy = fs::path(folder) / copies / fs::path(program).filename();
    const auto size = fs::file_size(program, problem);
    if (problem) refuse_copy(program, folder, problem.message());
    if (const auto room = fs::space(folder, problem); !problem && room.available < size)
        refuse_copy(program, folder,
                    fmt::format("it has {}, and {} are free there", size_text(size), size_text(room.available)));
    fs::create_directories(copy.parent_path(), problem);
    if (!problem) fs::copy_file(program, copy, problem);
    if (problem) refuse_copy(program, folder, problem.message());
    struct stat facts {};
    if (::stat(program.c_str(), &facts) == 0) {
        const std::array times{facts.st_atim, facts.st_mtim};
        ::utimensat(AT_FDCWD, copy.c_str(), times.data(), 0);
    }
    if (::access(copy.c_str(), X_OK) != 0)
        refuse_copy(program, folder, fmt::format("no program can be run there ({})", std::strerror(errno)));
    return copy.string();
}

std::string copy_in(const std::string& folder) {
    const auto files = entries_of(fs::path(folder) / copies);
    return files.size() == 1 ? files.front().string() : std::string();
}

}  // namespace hecaton::launcher::batch
