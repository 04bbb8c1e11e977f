#include <launcher/report/output_file.hpp>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <hecaton/foundation/descriptor.hpp>
#include <utility>

#include <launcher/base/refusal.hpp>

namespace hecaton::launcher::report {
namespace {

namespace fs = std::filesystem;

// True for what a new file cannot take the place of.
bool is_special(const std::string& file) {
    std::error_code problem;
    const auto status = fs::status(file, problem);
    return fs::exists(status) && !fs::is_regular_file(status);
}

// A link stays one: the file that it leads to is replaced.
std::string behind_links(const std::string& file) {
    std::error_code problem;
    const auto found = fs::is_symlink(file, problem) ? fs::canonical(file, problem) : fs::path(file);
    return problem ? file : found.string();
}

}  // namespace

OutputFile::OutputFile(const std::string& file) : file_(is_special(file) ? file : behind_links(file)) {
    if (!is_special(file_)) fresh_ = fmt::format("{}.{}", file_, ::getpid());
    opened_ = std::fopen((fresh_.empty() ? file_ : fresh_).c_str(), "we");
    if (!opened_) fail();
}

OutputFile::~OutputFile() {
    if (opened_) std::fclose(opened_);
    if (!fresh_.empty()) ::unlink(fresh_.c_str());
}

void OutputFile::write(std::string_view text) {
    if (std::fwrite(text.data(), 1, text.size(), opened_) != text.size()) fail();
}

void OutputFile::done() {
    auto* const opened = std::exchange(opened_, nullptr);
    if (std::fclose(opened) != 0) fail();
    if (!fresh_.empty() && std::rename(fresh_.c_str(), file_.c_str()) != 0) fail();
    fresh_.clear();
}

void OutputFile::fail() const {
    const int problem = errno;
    throw Refusal(1, fmt::format("{} cannot be written: {}", file_, std::strerror(problem)));
}

std::string why_not_writable(const std::string& file) {
    std::error_code problem;
    if (fs::is_directory(file, problem)) return "that is a folder";
    const bool there = fs::exists(file, problem);
    const std::string probe = there ? file : fmt::format("{}.{}", file, ::getpid());
    const detail::Descriptor opened(::open(probe.c_str(), O_WRONLY | O_CLOEXEC | (there ? 0 : O_CREAT | O_EXCL), 0666));
    if (!opened) return std::strerror(errno);
    if (!there) ::unlink(probe.c_str());
    return {};
}

}  // namespace hecaton::launcher::report
