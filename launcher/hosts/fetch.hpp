// Brings a file from another machine, over ssh.
#pragma once

#include <string>
#include <vector>

namespace hecaton::launcher {

/// Copies `from` on `host` into `to` here, and removes it there. Returns why that was not possible; empty where it was,
/// also where there is no such file: then there is none here either. `ssh` is the command, in words.
std::string fetch_file(const std::vector<std::string>& ssh, const std::string& host, const std::string& from,
                       const std::string& to);

}  // namespace hecaton::launcher
