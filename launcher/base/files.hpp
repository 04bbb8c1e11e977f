// Files and folders that may go while they are read, as those of a process in /proc do when it ends. Of the standard
// library's ways some throw then: a std::ifstream whose buffer is read directly, and the ++ of a directory_iterator.
// Here the end is where the kernel refuses to go on, and nothing is thrown but std::bad_alloc. And how a file is
// replaced.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace hecaton::launcher {

/// What could be read of `file`; empty where nothing could.
std::string text_of(const std::string& file);

/// What could be listed of `folder`.
std::vector<std::filesystem::path> entries_of(const std::filesystem::path& folder);

/// Replaces a file: a reader finds the old text or the new one, also after a crash, and nothing else is left behind.
/// Throws Refusal.
void replace_file(const std::string& file, std::string_view text);

/// False also where it cannot be asked.
bool exists(const std::string& file);

}  // namespace hecaton::launcher
