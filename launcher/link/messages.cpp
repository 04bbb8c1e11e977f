#include <launcher/link/messages.hpp>

#include <charconv>
#include <cstring>
#include <stdexcept>

#include <launcher/base/json_fields.hpp>

namespace hecaton::launcher::link {
namespace {

constexpr auto hello_fields = [](auto& hello, auto& each) {
    each("token", hello.token);
    each("rank", hello.rank);
    each("size", hello.size);
    each("host", hello.host);
    each("pid", hello.pid);
    each("cores", hello.cores);
    each("wired", hello.wired);
};

constexpr auto ended_fields = [](auto& ended, auto& each) {
    each("status", ended.status);
    each("signal", ended.signal);
    each("asked", ended.asked);
    each("by_engine", ended.by_engine);
    each("out_of_memory", ended.out_of_memory);
    each("problem", ended.problem);
    each("reason", ended.reason);
    each("fault", ended.fault);
    each("item_running", ended.item.running);
    each("item_index", ended.item.index);
    each("item_attempt", ended.item.attempt);
    each("item_items", ended.item.items);
    each("item_name", ended.item.name);
};

constexpr auto address_fields = [](auto& address, auto& each) {
    each("local", address.local);
    each("addresses", address.addresses);
    each("port", address.port);
    each("token", address.token);
    each("grace", address.grace);
    each("link_timeout", address.link_timeout);
    each("watch_mpi", address.watch_mpi);
    each("open_files", address.open_files);
};

}  // namespace

std::string frame(Kind kind, std::string_view body) {
    const auto size = static_cast<std::uint32_t>(body.size());
    std::string bytes(sizeof size, '\0');
    std::memcpy(bytes.data(), &size, sizeof size);  // ranks and launcher run on machines of one kind
    bytes.push_back(static_cast<char>(kind));
    return bytes.append(body);
}

std::string frame(Kind kind, int number) { return frame(kind, std::to_string(number)); }

int number(const std::string& body) {
    int found = 0;
    std::from_chars(body.data(), body.data() + body.size(), found);
    return found;
}

std::optional<Frame> FrameReader::next() {
    constexpr std::size_t header = sizeof(std::uint32_t) + 1;
    const std::size_t left = bytes_.size() - at_;
    std::uint32_t size = 0;
    if (left >= header) std::memcpy(&size, bytes_.data() + at_, sizeof size);
    if (size > largest_body) throw std::runtime_error("not a frame");
    if (left < header || left < header + size) {
        bytes_.erase(0, at_);
        at_ = 0;
        return std::nullopt;
    }
    Frame found{static_cast<Kind>(bytes_[at_ + sizeof size]), bytes_.substr(at_ + header, size)};
    at_ += header + size;
    return found;
}

std::string encode(const Hello& hello) { return json_fields::encode(hello, hello_fields); }

std::string encode(const Ended& ended) { return json_fields::encode(ended, ended_fields); }

std::string encode(const Address& address) { return json_fields::encode(address, address_fields); }

Hello decode_hello(const std::string& body) { return json_fields::decode<Hello>(body, hello_fields).value_or(Hello()); }

Ended decode_ended(const std::string& body) { return json_fields::decode<Ended>(body, ended_fields).value_or(Ended()); }

std::optional<Address> decode_address(const std::string& text) {
    return json_fields::decode<Address>(text, address_fields);
}

}  // namespace hecaton::launcher::link
