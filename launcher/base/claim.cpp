#include <launcher/base/claim.hpp>

#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cstddef>
#include <cstring>

namespace hecaton::launcher {

detail::Descriptor claim(const std::string& name) {
    detail::Descriptor made(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;  // sun_path[0] stays 0: a name without a file
    const std::string whole = "hecaton/" + name;
    const auto size = std::min(whole.size(), sizeof address.sun_path - 1);
    std::memcpy(address.sun_path + 1, whole.data() + (whole.size() - size), size);
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + size);
    if (::bind(made.get(), reinterpret_cast<const sockaddr*>(&address), length) != 0) made.reset();
    return made;
}

}  // namespace hecaton::launcher
