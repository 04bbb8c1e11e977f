#include <launcher/shim/terminal.hpp>

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>

#include <launcher/shim/rank_process.hpp>

namespace hecaton::launcher {
namespace {

using clock = std::chrono::steady_clock;

constexpr std::chrono::seconds patience{2};  // a terminal whose output a rank has stopped takes no mark

}  // namespace

// stdio writes to a terminal line by line, so no whole line is lost in the buffer of a rank that crashes.
Pair make_terminal(int rows, int columns) {
    Descriptor ours(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
    std::array<char, 64> name{};
    if (!ours || ::grantpt(ours.get()) != 0 || ::unlockpt(ours.get()) != 0 ||
        ::ptsname_r(ours.get(), name.data(), name.size()) != 0)
        return Pair();
    Descriptor theirs(::open(name.data(), O_RDWR | O_NOCTTY | O_CLOEXEC));
    termios settings{};
    if (!theirs || ::tcgetattr(theirs.get(), &settings) != 0) return Pair();
    ::cfmakeraw(&settings);
    if (::tcsetattr(theirs.get(), TCSANOW, &settings) != 0) return Pair();
    const winsize size{.ws_row = static_cast<unsigned short>(rows),
                       .ws_col = static_cast<unsigned short>(columns),
                       .ws_xpixel = 0,
                       .ws_ypixel = 0};
    ::ioctl(theirs.get(), TIOCSWINSZ, &size);
    return Pair{std::move(ours), std::move(theirs)};
}

// The kernel hands bytes over in the background. When their writer has gone, the kernel may report the end while the
// last bytes are still on their way (Linux 6.18, once in some thousand times). So we write a mark of our own behind
// them and read up to it.
std::string rest_of(Descriptor& ours, Descriptor& theirs) {
    static std::array<char, 64 * 1024> buffer;
    const std::string mark = random_token();
    std::size_t marked = 0;
    std::string rest;
    const auto limit = clock::now() + patience;
    if (theirs) ::fcntl(theirs.get(), F_SETFL, O_RDWR | O_NONBLOCK);
    while (ours) {
        if (theirs && marked < mark.size()) {
            const auto count = ::write(theirs.get(), mark.data() + marked, mark.size() - marked);
            if (count > 0) marked += static_cast<std::size_t>(count);
            if (count < 0 && errno != EAGAIN && errno != EINTR) theirs.reset();
        }
        rest.append(buffer.data(), read_available(ours, buffer.data(), buffer.size()));
        if (const auto at = rest.find(mark); at != std::string::npos) return rest.erase(at, mark.size());
        if (clock::now() > limit) break;
        pollfd more{ours.get(), POLLIN, 0};
        ::poll(&more, 1, 10);
    }
    return rest;
}

}  // namespace hecaton::launcher
