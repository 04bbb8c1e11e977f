#include <launcher/program/find.hpp>

#include <fmt/format.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <fstream>

#include <launcher/base/files.hpp>
#include <launcher/base/refusal.hpp>

namespace hecaton::launcher {
namespace {

namespace fs = std::filesystem;

bool executable(const std::string& file) { return ::access(file.c_str(), X_OK) == 0; }

bool is_directory(const std::string& file) {
    std::error_code ignored;
    return fs::is_directory(file, ignored);
}

// The kernel does not run a script without "#!" (a shell would, but none is involved), nor one whose interpreter is not
// there; then it says that the script itself is not there. A file that does not look like text is left to the kernel,
// which may know more formats than hecaton does.
void check_script(const std::string& file) {
    std::array<char, 256> begin{};
    std::error_code ignored;
    std::ifstream stream(file, std::ios::binary);
    stream.read(begin.data(), begin.size());
    const std::string_view text(begin.data(), static_cast<std::size_t>(stream.gcount()));
    const auto of_text = [](unsigned char letter) {
        return letter >= 0x80 || std::isprint(letter) || std::isspace(letter);
    };
    if (text.empty() && fs::file_size(file, ignored) == 0)
        throw Refusal(not_executable,
                      fmt::format("{} is an empty file; was it cut short when it was built or copied?", file));
    if (text.empty() || !std::ranges::all_of(text, of_text)) return;
    if (text.starts_with("\xef\xbb\xbf#!"))
        throw Refusal(not_executable,
                      fmt::format("{} has a byte order mark in front of its #!, so what should run it is "
                                  "not found: LC_ALL=C sed -i '1s/^...//' mends that",
                                  file));
    const Refusal says_nothing(
        not_executable,
        fmt::format("{} is a script that does not say what runs it: begin it with a line like #!/bin/sh", file));
    if (!text.starts_with("#!")) throw says_nothing;
    const auto line = text.substr(2, text.find('\n') - 2);
    if (line.ends_with('\r'))
        throw Refusal(not_executable, fmt::format("{} has line ends of Windows, so what should run it is not found: "
                                                  "sed -i 's/\\r$//' mends that",
                                                  file));
    const auto name = line.substr(std::min(line.size(), line.find_first_not_of(" \t")));
    const std::string interpreter(name.substr(0, name.find_first_of(" \t")));
    if (interpreter.empty()) throw says_nothing;
    if (!exists(interpreter))
        throw Refusal(not_executable, fmt::format("{} is a script for {}, which is not there", file, interpreter));
    if (is_directory(interpreter) || !executable(interpreter))
        throw Refusal(not_executable,
                      fmt::format("{} is a script for {}, which cannot be executed", file, interpreter));
}

// "; there is one in --wdir d: ..." where that is so.
std::string advice_about_wdir(const std::string& file, const std::string& wdir) {
    const fs::path there = fs::path(wdir) / file;
    if (wdir.empty() || !exists(there.string())) return {};
    return fmt::format("; a program's path begins where hecaton is, not at --wdir: write {}",
                       there.lexically_normal().string());
}

// Returns where there is something at the end of the path.
void check_path(const std::string& file, const std::string& wdir) {
    std::error_code problem;
    const auto type = fs::status(file, problem).type();
    if (type == fs::file_type::not_found) {
        const fs::path target = fs::read_symlink(file, problem);
        if (!problem)
            throw Refusal(not_found,
                          fmt::format("{} is a link to {}, and there is no such file", file, target.string()));
        throw Refusal(not_found, fmt::format("{}: there is no such file{}", file, advice_about_wdir(file, wdir)));
    }
    if (problem) throw Refusal(not_executable, fmt::format("{}: {}", file, problem.message()));
}

void check_permission(const std::string& file) {
    if (executable(file)) return;
    struct statvfs system {};
    std::error_code ignored;
    constexpr auto any = fs::perms::owner_exec | fs::perms::group_exec | fs::perms::others_exec;
    const bool marked = (fs::status(file, ignored).permissions() & any) != fs::perms::none;
    if (marked && ::statvfs(file.c_str(), &system) == 0 && (system.f_flag & ST_NOEXEC) != 0)
        throw Refusal(not_executable,
                      fmt::format("{} is on a file system that is mounted with noexec: copy it to another", file));
    throw Refusal(not_executable, fmt::format("{} is not executable (chmod +x makes it so)", file));
}

void check_file(const std::string& file, const std::string& wdir = {}) {
    if (is_directory(file)) throw Refusal(not_executable, fmt::format("{} is a directory, not a program", file));
    check_path(file, wdir);
    std::error_code ignored;
    if (!fs::is_regular_file(file, ignored))
        throw Refusal(not_executable, fmt::format("{} is a device, a pipe or a socket, not a program", file));
    check_permission(file);
    check_script(file);
}

}  // namespace

std::string find_program(const std::string& name, std::string_view path, const std::string& wdir) {
    if (name.find('/') != std::string::npos) {
        check_file(name, wdir);
        return name;
    }
    std::string seen;
    for (std::size_t begin = 0; begin <= path.size();) {
        const auto end = std::min(path.find(':', begin), path.size());
        const auto directory = path.substr(begin, end - begin);
        const std::string file = fmt::format("{}/{}", directory.empty() ? "." : directory, name);
        begin = end + 1;
        if (!exists(file) || is_directory(file)) continue;
        if (executable(file)) {
            check_file(file);
            return file;
        }
        if (seen.empty()) seen = file;
    }
    if (!seen.empty()) check_file(seen);
    if (is_directory(name))
        throw Refusal(not_executable,
                      fmt::format("{} is a directory, and there is no program of that name in PATH", name));
    if (exists(name))
        throw Refusal(not_found,
                      fmt::format("{} is not in PATH; there is a file of that name here: write ./{}", name, name));
    throw Refusal(not_found, fmt::format("{}: not found in PATH", name));
}

}  // namespace hecaton::launcher
