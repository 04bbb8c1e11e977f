// What a test's own process writes to a stream.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

namespace hecaton::test {

/// A stream of this process, sent to a file for as long as it lives; the zygotes made meanwhile have it too.
class Captured {
  public:
    explicit Captured(int descriptor) : descriptor_(descriptor), kept_(::dup(descriptor)) {
        std::fflush(nullptr);
        name_ = "/tmp/hecaton-captured-" + std::to_string(::getpid());
        const int file = ::open(name_.c_str(), O_CREAT | O_TRUNC | O_RDWR | O_APPEND | O_CLOEXEC, 0600);
        ::dup2(file, descriptor);
        ::close(file);
    }
    ~Captured() {
        ::dup2(kept_, descriptor_);
        ::close(kept_);
        ::unlink(name_.c_str());
    }
    std::string text() const {
        std::ifstream file(name_);
        return {std::istreambuf_iterator<char>(file), {}};
    }

  private:
    const int descriptor_;
    const int kept_;
    std::string name_;
};

}  // namespace hecaton::test
