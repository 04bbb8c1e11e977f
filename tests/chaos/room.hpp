// The folder of a job, with a TMPDIR of its own in it, and files of what it starts.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace chaos {

std::string content_of(const std::filesystem::path& file);
std::vector<std::string> lines_of(const std::filesystem::path& file);

/// A program that is started: words, and settings of the environment ("NAME=VALUE") besides ours.
struct Command {
    std::vector<std::string> words;
    std::vector<std::string> settings;
};

/// Makes a /dev/shm of this process's own, and its children's; false where that is not allowed.
bool have_own_shared_memory();

class Room {
  public:
    explicit Room(const std::string& name);
    ~Room();
    Room(const Room&) = delete;
    Room& operator=(const Room&) = delete;

    std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
    /// Starts it in this folder, as the leader of a session, with its output in the files `out` and `err`.
    pid_t start(const Command& command) const;
    /// The same, until it has ended; returns its wait status.
    int run(const Command& command) const;

    /// Files in TMPDIR, and in /dev/shm where that is our own.
    std::vector<std::string> leftovers() const;
    void remove_leftovers() const;

  private:
    std::filesystem::path path_;
};

}  // namespace chaos
