#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <hecaton/attendant/rank_input.hpp>

namespace hecaton::detail::attendant {
namespace {

unsigned long inode_of(int descriptor) {
    struct stat facts {};
    return ::fstat(descriptor, &facts) == 0 ? facts.st_ino : 0;
}

// In a rank, before main(). On another machine that process is another one, or none.
[[gnu::constructor]] void take_input() {
    const char* const text = std::getenv(RankInput::variable);
    if (text == nullptr) return;
    const char* const rank = std::getenv("OMPI_COMM_WORLD_RANK");
    if (rank == nullptr) return;  // mpirun itself, where the library is preloaded
    int pid = 0;
    int number = -1;
    unsigned long inode = 0;
    const bool good = std::sscanf(text, "%d %d %lu", &pid, &number, &inode) == 3;  // NOLINT(cert-err34-c): 3 says it
    ::unsetenv(RankInput::variable);
    if (!good || rank != std::string_view("0")) return;
    std::array<char, 64> path{};
    std::snprintf(path.data(), path.size(), "/proc/%d/fd/%d", pid, number);
    const Descriptor input(::open(path.data(), O_RDONLY | O_CLOEXEC));
    if (input && inode_of(input.get()) == inode) ::dup2(input.get(), STDIN_FILENO);
}

}  // namespace

RankInput::RankInput() : way_(make_pipe()) {
    if (!way_.read) return;
    ::fcntl(way_.write.get(), F_SETFL, O_NONBLOCK);
    ::setenv(variable, fmt::format("{} {} {}", ::getpid(), way_.read.get(), inode_of(way_.read.get())).c_str(), 1);
}

int RankInput::readable() const { return way_.write && !ended_ && waiting_.empty() && is_ours() ? STDIN_FILENO : -1; }

int RankInput::writable() const { return waiting_.empty() ? -1 : way_.write.get(); }

bool RankInput::is_ours() const {
    const pid_t foreground = ::tcgetpgrp(STDIN_FILENO);
    return ended_ || foreground < 0 || foreground == ::getpgrp();
}

void RankInput::read() {
    std::array<char, 64 * 1024> buffer;
    const auto count = ::read(STDIN_FILENO, buffer.data(), buffer.size());
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
    ended_ = count <= 0;
    if (count > 0) waiting_.assign(buffer.data(), static_cast<std::size_t>(count));
    if (ended_) way_.write.reset();
}

void RankInput::write() {
    const auto count = ::write(way_.write.get(), waiting_.data(), waiting_.size());
    if (count > 0) waiting_.erase(0, static_cast<std::size_t>(count));
}

}  // namespace hecaton::detail::attendant
