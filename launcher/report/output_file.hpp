// OutputFile: a file that is written from its beginning to its end, and is whole or not there.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>

namespace hecaton::launcher::report {

/// Text goes into a new file beside the wanted one, which takes its place at the end. What is no regular file, as a
/// pipe or /dev/stdout, is written to directly.
class OutputFile {
  public:
    /// Throws Refusal with status 1 where it cannot be opened, as the others do where it cannot be written.
    explicit OutputFile(const std::string& file);
    OutputFile(const OutputFile&) = delete;
    OutputFile& operator=(const OutputFile&) = delete;
    /// Removes what is not complete.
    ~OutputFile();

    void write(std::string_view text);
    void done();

  private:
    [[noreturn]] void fail() const;

    std::string file_;
    std::string fresh_ = {};  // the name until then; empty: none
    std::FILE* opened_ = nullptr;
};

/// Why that file cannot be written; empty where it can. No file is left that was not there.
std::string why_not_writable(const std::string& file);

}  // namespace hecaton::launcher::report
