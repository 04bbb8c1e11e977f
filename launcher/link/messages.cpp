#include <launcher/link/messages.hpp>

#include <charconv>
#include <cstring>
#include <sstream>
#include <stdexcept>

namespace hecaton::launcher::link {
namespace {

// Fields are lines; a line break inside one becomes a space.
std::string lines(const std::vector<std::string>& fields) {
    std::string text;
    for (const auto& field : fields) {
        for (const char letter : field) text += letter == '\n' ? ' ' : letter;
        text += '\n';
    }
    return text;
}

std::vector<std::string> fields(const std::string& text, std::size_t count, char separator = '\n') {
    std::vector<std::string> found;
    std::istringstream stream(text);
    for (std::string field; std::getline(stream, field, separator);) found.push_back(field);
    found.resize(std::max(count, found.size()));
    return found;
}

template <class Number>
Number number_in(const std::string& text) {
    Number found = 0;
    std::from_chars(text.data(), text.data() + text.size(), found);
    return found;
}

}  // namespace

std::string frame(Kind kind, std::string_view body) {
    const auto size = static_cast<std::uint32_t>(body.size());
    std::string bytes(sizeof size, '\0');
    std::memcpy(bytes.data(), &size, sizeof size);  // ranks and launcher run on machines of one kind
    bytes.push_back(static_cast<char>(kind));
    return bytes.append(body);
}

std::string frame(Kind kind, int number) { return frame(kind, std::to_string(number)); }

int number(const std::string& body) { return number_in<int>(body); }

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

std::string encode(const Hello& hello) {
    return lines({hello.token, std::to_string(hello.rank), std::to_string(hello.size), hello.host,
                  std::to_string(hello.pid), hello.cores, hello.wired ? "1" : "0"});
}

Hello decode_hello(const std::string& body) {
    const auto found = fields(body, 7);
    return {.token = found[0],
            .rank = found[1].empty() ? -1 : number(found[1]),
            .size = found[2].empty() ? -1 : number(found[2]),
            .host = found[3],
            .pid = number(found[4]),
            .cores = found[5],
            .wired = found[6] == "1"};
}

std::string encode(const Ended& ended) {
    return lines({std::to_string(ended.status), std::to_string(ended.signal), ended.asked ? "1" : "0",
                  ended.by_engine ? "1" : "0", ended.out_of_memory ? "1" : "0", ended.problem,
                  ended.item.running ? "1" : "0", std::to_string(ended.item.index), std::to_string(ended.item.attempt),
                  std::to_string(ended.item.items), ended.item.name, std::to_string(ended.reason)});
}

Ended decode_ended(const std::string& body) {
    const auto found = fields(body, 12);
    return {.status = number(found[0]),
            .signal = number(found[1]),
            .asked = found[2] == "1",
            .by_engine = found[3] == "1",
            .out_of_memory = found[4] == "1",
            .problem = found[5],
            .item = {.running = found[6] == "1",
                     .index = number_in<std::uint64_t>(found[7]),
                     .attempt = number_in<std::uint32_t>(found[8]),
                     .items = number_in<std::uint64_t>(found[9]),
                     .name = found[10]},
            .reason = number(found[11])};
}

std::string encode(const Address& address) {
    std::string list;
    for (const auto& one : address.addresses) list += (list.empty() ? "" : ",") + one;
    return address.local + ";" + list + ";" + std::to_string(address.port) + ";" + address.token + ";" +
           std::to_string(address.grace) + ";" + std::to_string(address.link_timeout) + ";" +
           (address.watch_mpi ? "1" : "0") + ";" + std::to_string(address.open_files);
}

std::optional<Address> decode_address(const std::string& text) {
    const auto found = fields(text, 0, ';');
    if (found.size() != 8) return std::nullopt;
    return Address{.local = found[0],
                   .addresses = fields(found[1], 0, ','),
                   .port = number(found[2]),
                   .token = found[3],
                   .grace = number(found[4]),
                   .link_timeout = number(found[5]),
                   .watch_mpi = found[6] == "1",
                   .open_files = number(found[7])};
}

}  // namespace hecaton::launcher::link
