#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <hecaton/foundation/descriptor.hpp>
#include <system_error>

namespace hecaton::detail {

void Descriptor::reset(int number) noexcept {
    if (number_ >= 0) ::close(number_);
    number_ = number;
}

Pipe make_pipe() noexcept {
    int ends[2]{-1, -1};
    if (::pipe2(ends, O_CLOEXEC) != 0) return {};
    return {Descriptor(ends[0]), Descriptor(ends[1])};
}

SocketPair make_socket_pair() {
    int ends[2]{-1, -1};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        throw std::system_error(errno, std::generic_category(), "socketpair");
    return {Descriptor(ends[0]), Descriptor(ends[1])};
}

}  // namespace hecaton::detail
