#include <launcher/live/run_socket.hpp>

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <utility>

#include <launcher/base/files.hpp>
#include <launcher/link/sockets.hpp>

namespace hecaton::launcher {
namespace {

constexpr std::chrono::milliseconds patience_with_run{3'000};
constexpr int most_asking = 16;  // that wait to be taken in

// Nothing where the path is too long for a socket.
std::optional<sockaddr_un> address_of(const std::string& file) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (file.size() >= sizeof address.sun_path) return std::nullopt;
    std::memcpy(address.sun_path, file.data(), file.size());
    return address;
}

detail::Descriptor new_socket() {
    return detail::Descriptor(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
}

// Of a socket that nobody listens to any more, the file is left.
detail::Descriptor connect_to_run(const std::string& file) {
    const auto address = address_of(file);
    detail::Descriptor made = new_socket();
    if (!address || !made) return {};
    if (::connect(made.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address) == 0) return made;
    if (errno == ECONNREFUSED) ::unlink(file.c_str());
    return {};
}

std::string file_of_run(pid_t process) {
    const std::string folder = folder_of_runs();
    return folder.empty() ? "" : fmt::format("{}/{}", folder, process);
}

}  // namespace

std::string folder_of_runs() {
    const char* const own = std::getenv("XDG_RUNTIME_DIR");
    const std::string folder =
        own != nullptr && *own == '/' ? fmt::format("{}/hecaton", own) : fmt::format("/tmp/hecaton-{}", ::getuid());
    ::mkdir(folder.c_str(), 0700);
    struct stat found {};
    const bool good = ::lstat(folder.c_str(), &found) == 0 && S_ISDIR(found.st_mode) && found.st_uid == ::geteuid() &&
                      (found.st_mode & 077U) == 0;
    return good ? folder : "";
}

RunSocket::RunSocket() : file_(file_of_run(::getpid())) {
    if (file_.empty()) return;
    for (const pid_t other : all_runs()) connect_to_run(file_of_run(other));
    ::unlink(file_.c_str());  // of this process before it has started its job again, or of another with its number
    const auto address = address_of(file_);
    detail::Descriptor made = new_socket();
    if (!address || !made || ::bind(made.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address) != 0) {
        file_.clear();
        return;
    }
    if (::listen(made.get(), most_asking) == 0) socket_ = std::move(made);
}

RunSocket::~RunSocket() {
    if (!file_.empty()) ::unlink(file_.c_str());
}

void RunSocket::accept() {
    while (true) {
        detail::Descriptor one(::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
        if (!one) return;
        if (same_user(one.get())) asking_.push_back(std::move(one));
    }
}

void RunSocket::answer(const std::string& text) {
    for (const auto& one : asking_) {
        widen(one.get(), text.size());
        [[maybe_unused]] const auto sent = ::send(one.get(), text.data(), text.size(), MSG_NOSIGNAL);
    }
    asking_.clear();
}

std::vector<pid_t> all_runs() {
    std::vector<pid_t> found;
    const std::string folder = folder_of_runs();
    if (folder.empty()) return found;
    for (const auto& entry : entries_of(folder)) {
        const std::string name = entry.filename();
        pid_t process = 0;
        const auto [end, problem] = std::from_chars(name.data(), name.data() + name.size(), process);
        if (problem == std::errc() && end == name.data() + name.size() && process > 0) found.push_back(process);
    }
    std::ranges::sort(found);
    return found;
}

std::optional<std::string> ask_run(pid_t process) {
    const std::string file = file_of_run(process);
    if (file.empty()) return std::nullopt;
    const detail::Descriptor socket = connect_to_run(file);
    if (!socket) return std::nullopt;
    const auto end = std::chrono::steady_clock::now() + patience_with_run;
    std::string text;
    std::array<char, 16 * 1024> buffer;
    for (;;) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now()).count();
        pollfd ready{socket.get(), POLLIN, 0};
        const int count = ::poll(&ready, 1, static_cast<int>(std::max<long long>(left, 0)));
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return std::nullopt;
        const auto size = ::read(socket.get(), buffer.data(), buffer.size());
        if (size < 0 && (errno == EINTR || errno == EAGAIN)) continue;
        if (size <= 0) break;
        text.append(buffer.data(), static_cast<std::size_t>(size));
    }
    return text.empty() ? std::nullopt : std::optional(text);
}

}  // namespace hecaton::launcher
