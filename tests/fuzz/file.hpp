// A file with given content, for code that reads files by name.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <fuzz/target.hpp>
#include <string>
#include <string_view>

namespace hecaton::fuzz {

class File {
  public:
    explicit File(std::string_view content) : descriptor_(::memfd_create("fuzz", MFD_CLOEXEC)) {
        require(::write(descriptor_, content.data(), content.size()) == static_cast<ssize_t>(content.size()));
    }
    ~File() { ::close(descriptor_); }
    File(const File&) = delete;
    File& operator=(const File&) = delete;

    std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

  private:
    int descriptor_;
};

}  // namespace hecaton::fuzz
