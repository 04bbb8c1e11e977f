#include <launcher/supervision/shims.hpp>

#include <sys/socket.h>

#include <utility>

namespace hecaton::launcher {

Shims::Shims(link::Address address, bool remote) : address_(std::move(address)) {
    address_.token = random_token();
    address_.local = "hecaton-" + random_token();
    local_ = listen_locally(address_.local);
    if (remote) remote_ = listen_for_others(address_.port);
}

void Shims::accept() {
    accept(local_, true);
    accept(remote_, false);
}

void Shims::accept(const Descriptor& listener, bool local) {
    while (listener) {
        Descriptor socket(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
        if (!socket) return;
        if (local && !same_user(socket.get())) continue;
        if (!local) watch_link(socket.get(), address_.link_timeout);
        channels_.emplace_back(std::move(socket));
    }
}

void Shims::stop_listening() {
    accept();
    local_.reset();
    remote_.reset();
}

void Shims::send_to_all(const std::string& frame) {
    for (auto& channel : channels_) channel.send(frame);
}

void Shims::send_to(int rank, const std::string& frame) {
    for (auto& channel : channels_)
        if (channel.rank == rank) channel.send(frame);
}

void Shims::sweep() {
    channels_.remove_if([](const Channel& channel) { return !channel.open(); });
}

}  // namespace hecaton::launcher
