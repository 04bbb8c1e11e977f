#include "room.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace chaos {
namespace {

namespace fs = std::filesystem;

bool own_shared_memory = false;

std::vector<std::string> entries_of(const fs::path& folder) {
    std::vector<std::string> found;
    std::error_code ignored;
    for (fs::recursive_directory_iterator at(folder, ignored), end; at != end; at.increment(ignored))
        found.push_back(at->path());
    return found;
}

void to_file(const fs::path& file, int stream) {
    const int opened = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    ::dup2(opened, stream);
    ::close(opened);
}

}  // namespace

std::string content_of(const fs::path& file) {
    std::ostringstream all;
    all << std::ifstream(file).rdbuf();
    return all.str();
}

std::vector<std::string> lines_of(const fs::path& file) {
    std::vector<std::string> lines;
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
}

bool have_own_shared_memory() {
    own_shared_memory = ::unshare(CLONE_NEWNS) == 0 &&
                        ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
                        ::mount("tmpfs", "/dev/shm", "tmpfs", 0, nullptr) == 0;
    return own_shared_memory;
}

Room::Room(const std::string& name) : path_(fs::temp_directory_path() / name) {
    fs::remove_all(path_);
    fs::create_directories(path_ / "tmp");
}

Room::~Room() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
}

pid_t Room::start(const Command& command) const {
    // It may be killed before it has come to that itself.
    for (const char* file : {"out", "err"}) std::ofstream(path_ / file, std::ios::trunc);
    const pid_t child = ::fork();
    if (child != 0) return child;
    ::setsid();
    const int null = ::open("/dev/null", O_RDONLY);
    ::dup2(null, STDIN_FILENO);
    ::close(null);
    to_file(path_ / "out", STDOUT_FILENO);
    to_file(path_ / "err", STDERR_FILENO);
    std::error_code problem;
    fs::current_path(path_, problem);
    ::setenv("TMPDIR", (path_ / "tmp").c_str(), 1);
    for (const std::string& setting : command.settings) {
        const auto sign = setting.find('=');
        ::setenv(setting.substr(0, sign).c_str(), setting.substr(sign + 1).c_str(), 1);
    }
    std::vector<char*> words;
    for (const std::string& word : command.words) words.push_back(const_cast<char*>(word.c_str()));
    words.push_back(nullptr);
    ::execvp(words[0], words.data());
    ::_exit(127);
}

int Room::run(const Command& command) const {
    const pid_t child = start(command);
    int status = 0;
    if (child < 0 || ::waitpid(child, &status, 0) != child) throw std::runtime_error("a program cannot be started");
    return status;
}

std::vector<std::string> Room::leftovers() const {
    auto found = entries_of(path_ / "tmp");
    if (own_shared_memory)
        for (const std::string& one : entries_of("/dev/shm")) found.push_back(one);
    return found;
}

void Room::remove_leftovers() const {
    std::error_code ignored;
    fs::remove_all(path_ / "tmp", ignored);
    fs::create_directories(path_ / "tmp", ignored);
    if (!own_shared_memory) return;
    for (const std::string& one : entries_of("/dev/shm")) fs::remove_all(one, ignored);
}

}  // namespace chaos
